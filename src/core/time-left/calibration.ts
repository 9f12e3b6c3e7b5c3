import type { Interval } from "./estimate.ts";
import { fromLog, summarize } from "./log-duration.ts";
import { furthestOff, type Moment } from "./moments.ts";
import { weighedQuantile } from "./quantile.ts";
import type { RawGuess } from "./raw-guess.ts";
import { studentQuantile } from "./student.ts";
import { chosen, type Tuning } from "./tuning.ts";

/** Further off than this many times the middle, e^3.5, is never told. */
const furthest = 3.5;

/** Before this share of a run the middle rests on whole runs alone. */
const early = 0.2;
/** A moment that went by how much there was to do says so much of one that does not, and the other way round. */
const otherwise = 0.05;
/** The plain guess's own spread is a guess too: its tails are those of a Student-t of so many degrees of freedom. */
const freedom = 4;

/** A past moment with its age in runs. */
export interface AgedMoment extends Moment {
  age: number;
}

const pseudo = Array.from({ length: 10 }, (_, i) => studentQuantile((i + 0.5) / 10, freedom));

/**
 * Moments in the order of how far off they were, as `calibrated` takes them. A run that was as far off as can be whenever one looked
 * is left out while there is no other such: what happened once is no law, and must not widen what the next runs are told.
 */
export const inOrder = (moments: readonly AgedMoment[]): AgedMoment[] => {
  const odd = [...Map.groupBy(moments, ({ age }) => age)]
    .filter(([, ones]) => ones.every(({ z }) => Math.abs(z) >= furthestOff))
    .map(([age]) => age);
  const usual = odd.length === 1 ? moments.filter(({ age }) => age !== odd[0]) : moments;
  return [...usual, ...pseudo.map((z) => ({ z, share: 0, sized: false, age: -1 }))].sort((a, b) => a.z - b.z);
};

/**
 * The interval that held as many past truths as it says (conformal prediction with weights; Barber et al., 2023): how far off guesses
 * were at moments like this one, in their own spreads, mixed with ten places of a Student-t.
 */
export const calibrated = (
  { middle, spread, share, sized }: RawGuess,
  ordered: readonly AgedMoment[],
  tuning: Tuning = chosen,
): Interval => {
  const near = weighed(ordered, share, sized, tuning);
  const at = (q: number) => weighedQuantile(near, q);
  const [low, half, high] = [at(0.1), at(0.5), at(0.9)];
  const told = (z: number) =>
    Math.round(fromLog(middle + Math.min(furthest, Math.max(-furthest, spread * z))));
  const sure = Math.min(1, share / early);
  const shift = sure === 1 ? half : half * (sure + (1 - sure) * certainty(near));
  return { p10Ms: told(low), p50Ms: told(Math.min(high, Math.max(low, shift))), p90Ms: told(high) };
};

interface Near {
  value: number;
  weight: number;
  age: number;
}

/** What each moment counts at this share. The moments of one run err together: near each other they count as one at most. */
const weighed = (
  ordered: readonly AgedMoment[],
  share: number,
  sized: boolean,
  { momentsFade, nearness, trust }: Tuning,
): Near[] => {
  const ofRuns: number[] = [];
  const near = ordered.map(({ z, age, share: its, sized: was }): Near => {
    if (age < 0) return { value: z, age, weight: trust / pseudo.length };
    const weight = Math.exp(-0.5 * ((share - its) / nearness) ** 2);
    ofRuns[age] = (ofRuns[age] ?? 0) + weight;
    return { value: z, age, weight: was === sized ? weight : otherwise * weight };
  });
  for (const one of near) {
    const ofRun = ofRuns[one.age] ?? 0;
    if (one.age >= 0) one.weight *= 0.5 ** (one.age / momentsFade) / (ofRun > 1 ? ofRun : 1);
  }
  return near;
};

/**
 * What of a middle's shift is more than chance, 0..1 (James & Stein, 1961), by how far past runs agree on it, their own error counted
 * twice because it is guessed from as few: at the start it is all that could move the middle.
 */
const certainty = (near: readonly Near[]): number => {
  const byRun = new Map<number, { sum: number; weight: number }>();
  for (const { value, weight, age } of near) {
    if (age < 0 || weight === 0) continue;
    const { sum, weight: before } = byRun.get(age) ?? { sum: 0, weight: 0 };
    byRun.set(age, { sum: sum + weight * value, weight: before + weight });
  }
  if (byRun.size < 2) return 0;
  const runs = [...byRun.values()].map(({ sum, weight }) => ({ value: sum / weight, weight }));
  const { weight, mean, squares, freedom: free } = summarize(runs);
  const error2 = ((squares / free) * (weight - free)) / weight;
  return mean === 0 || free <= 0 ? 0 : Math.max(0, 1 - (2 * error2) / mean ** 2);
};
