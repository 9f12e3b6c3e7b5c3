import type { Interval } from "./estimate.ts";
import { tenths } from "./guess.ts";
import { fromLog } from "./log-duration.ts";
import type { Moment } from "./moments.ts";
import { weighedQuantile } from "./quantile.ts";
import type { RawGuess } from "./raw-guess.ts";
import { normalQuantile } from "./student.ts";
import { chosen, type Tuning } from "./tuning.ts";

/** Further off than this many times the middle, e^3.5, is never told. */
const furthest = 3.5;

/** Before this share of a run the middle rests on whole runs alone. */
const early = 0.2;
/** A moment that went by how much there was to do says so much of one that does not, and the other way round. */
const otherwise = 0.05;
/** So many moments of one run lie near each other: they err together. */
const momentsPerRun = 1.4;

/** A past moment with its age in runs. */
export interface AgedMoment extends Moment {
  age: number;
}

const pseudo = Array.from({ length: 10 }, (_, i) => normalQuantile((i + 0.5) / 10));

/** Moments in the order of how far off they were, as `calibrated` takes them. */
export const inOrder = (moments: readonly AgedMoment[]): AgedMoment[] =>
  [...moments, ...pseudo.map((z) => ({ z, share: 0, sized: false, age: -1 }))].sort((a, b) => a.z - b.z);

/**
 * The interval that held as many past truths as it says (conformal prediction with weights; Barber et al., 2023): how far off guesses
 * were at moments like this one, in their own spreads, mixed with ten places of a normal.
 */
export const calibrated = (
  { middle, spread, share, sized }: RawGuess,
  ordered: readonly AgedMoment[],
  { momentsFade, nearness, trust }: Tuning = chosen,
): Interval => {
  const near = ordered.map(({ z, age, share: its, sized: was }) => ({
    value: z,
    weight:
      age < 0
        ? trust / pseudo.length
        : 0.5 ** (age / momentsFade) *
          Math.exp(-0.5 * ((share - its) / nearness) ** 2) *
          (was === sized ? 1 : otherwise),
  }));
  const all = near.reduce((sum, one) => sum + one.weight, 0);
  const at = (q: number) => weighedQuantile(near, q);
  const [low, half, high] = [at(0.1), at(0.5), at(0.9)];
  const told = (z: number) =>
    Math.round(fromLog(middle + Math.min(furthest, Math.max(-furthest, spread * z))));
  const sure = Math.min(1, share / early);
  const shift = half * (sure + (1 - sure) * certainty(half, (high - low) / tenths, all));
  return { p10Ms: told(low), p50Ms: told(Math.min(high, Math.max(low, shift))), p90Ms: told(high) };
};

/** What of a middle's shift is more than chance, 0..1 (James & Stein, 1961): at the start it is all that could move the middle. */
const certainty = (shift: number, spread: number, weight: number): number =>
  shift === 0 ? 0 : Math.max(0, 1 - ((Math.PI / 2) * (spread ** 2 / (weight / momentsPerRun))) / shift ** 2);
