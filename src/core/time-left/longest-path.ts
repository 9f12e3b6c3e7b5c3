import type { Interval } from "./estimate.ts";
import { quantile } from "./quantile.ts";
import { normalQuantile } from "./student.ts";

/** What is left of a list whose items are done a few at a time. Milliseconds. */
export interface ListLeft {
  /** What those at work still take. */
  underWay: readonly Interval[];
  /** How many are not begun, wave by wave: a wave begins when all of the one before are over. */
  waves: readonly number[];
  /** What each of those takes as a whole. */
  each: Interval;
  /** So many at a time. */
  slots: number;
}

/** A prime, so that any multiple of a place leads through all places. */
const draws = 61;
const tenth = 1.2816;
/** So much of how far off they are have all of a list in common, as a correlation: the same network, the same day. */
const inCommon = 0.25;
/** Of a longer wave only so many, and a few times the slots, are played through: those before them keep all slots busy. */
const mostPlayed = 60;

const places = Array.from({ length: draws }, (_, place) => normalQuantile((place + 0.5) / draws));

/**
 * How long a list takes until the last item is over: its longest path over the slots, not the sum of what is left nor the mean share. Played
 * through with equally likely durations (a lattice, the same each time), each item taking the next free slot in the order of the list.
 */
export const longestPath = ({ underWay, waves, each, slots }: ListLeft): Interval => {
  const ends = places.map((common, draw) => {
    let item = 0;
    const next = (of: Interval): number => {
      const own = places[(draw * (1 + (item % (draws - 1))) + 17 * item) % draws] ?? 0;
      item++;
      return drawn(of, Math.sqrt(inCommon) * common + Math.sqrt(1 - inCommon) * own);
    };
    const busy = underWay.map(next).sort((a, b) => a - b);
    let over = busy.at(-1) ?? 0;
    // More may be at work than are allowed by now: then the first to end leave their place to nobody.
    const free = [...Array.from({ length: Math.max(0, slots - busy.length) }, () => 0), ...busy].slice(
      -slots,
    );
    for (const [wave, count] of waves.entries()) {
      if (wave > 0) free.fill(over);
      const played = Math.min(count, Math.max(mostPlayed, 4 * slots));
      const bulk = (count - played) / slots;
      if (bulk > 0)
        for (const slot of free.keys()) free[slot] = (free[slot] ?? 0) + bulk * meanOf(each, common);
      for (let n = 0; n < played; n++) {
        const slot = free.indexOf(Math.min(...free));
        free[slot] = (free[slot] ?? 0) + next(each);
        over = Math.max(over, free[slot] ?? 0);
      }
    }
    return over;
  });
  ends.sort((a, b) => a - b);
  const at = (q: number) => Math.round(quantile(ends, q));
  return { p10Ms: at(0.1), p50Ms: at(0.5), p90Ms: at(0.9) };
};

/** The duration so many deviations from its middle, each side of it with the spread of its own. */
const drawn = ({ p10Ms, p50Ms, p90Ms }: Interval, deviations: number): number => {
  const middle = Math.max(1, p50Ms);
  const end = Math.max(1, deviations < 0 ? p10Ms : p90Ms);
  return middle * (end / middle) ** (Math.abs(deviations) / tenth);
};

const meanOf = (each: Interval, common: number): number =>
  places.reduce(
    (sum, own) => sum + drawn(each, Math.sqrt(inCommon) * common + Math.sqrt(1 - inCommon) * own),
    0,
  ) / draws;
