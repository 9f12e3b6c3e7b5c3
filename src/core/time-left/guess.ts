import { held } from "./held.ts";
import { toLog } from "./log-duration.ts";
import { weighedQuantile } from "./quantile.ts";

/** A rest as a logarithm: its middle, and its spread as a standard deviation. */
export interface Guess {
  middle: number;
  spread: number;
}

/** A guess from cases, and how many equal ones they are worth. */
export interface CaseGuess extends Guess {
  worth: number;
}

/** Between the tenth and nine tenths of a normal lie this many deviations. */
export const tenths = 2.563;

/** The middle and spread of weighed cases. */
export const guessFrom = (cases: readonly { ms: number; weight: number }[]): CaseGuess => {
  const sorted = held(cases.map(({ ms, weight }) => ({ value: toLog(ms), weight }))).toSorted(
    (a, b) => a.value - b.value,
  );
  const all = sorted.reduce((sum, one) => sum + one.weight, 0);
  const squares = sorted.reduce((sum, one) => sum + one.weight ** 2, 0);
  const at = (q: number) => weighedQuantile(sorted, q);
  return { middle: at(0.5), spread: (at(0.9) - at(0.1)) / tenths, worth: all ** 2 / squares };
};
