import { fromLog, toLog } from "./log-duration.ts";
import type { Laws } from "./model.ts";
import type { PastRun } from "./past-run.ts";
import { rawGuess } from "./raw-guess.ts";
import { pastStanding } from "./standing.ts";

/** How far a guess was off at one moment of a past run. */
export interface Moment {
  share: number;
  sized: boolean;
  /** The truth beyond the middle, in spreads. */
  z: number;
}

/** At these shares of the time that was to be expected when it began a past run is looked back at, as long as it was under way. */
const tenths = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;
/** An outlier counts as this many spreads off: how far it was says nothing of the next. */
export const furthestOff = 2.5;

/**
 * A past run as it stood at up to ten moments, guessed by the laws of the runs before it. At tenths of the time that it took in the end
 * a run that outlasts all others would count no more late in it than one that was soon over, though it alone is looked at then.
 */
export const momentsOf = (run: PastRun, before: Laws): Moment[] => {
  const expectedMs = fromLog(rawGuess(pastStanding(run, 0), before).middle);
  return tenths
    .map((tenth) => tenth * expectedMs)
    .filter((spentMs) => spentMs === 0 || spentMs < run.totalMs)
    .map((spentMs) => {
      const { middle, spread, share, sized } = rawGuess(pastStanding(run, spentMs), before);
      const off = (toLog(run.totalMs - spentMs) - middle) / spread;
      return { share, sized, z: Math.max(-furthestOff, Math.min(furthestOff, off)) };
    });
};
