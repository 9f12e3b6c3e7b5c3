import { toLog } from "./log-duration.ts";
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

/** At these shares of its time a past run is looked back at. */
const tenths = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;
/** An outlier counts as this many spreads off: how far it was says nothing of the next. */
const furthest = 2.5;

/** A past run as it stood at ten tenths of its time, guessed by the laws of the runs before it. */
export const momentsOf = (run: PastRun, before: Laws): Moment[] =>
  tenths.map((tenth) => {
    const spentMs = tenth * run.totalMs;
    const { middle, spread, share, sized } = rawGuess(pastStanding(run, spentMs), before);
    return {
      share,
      sized,
      z: Math.max(-furthest, Math.min(furthest, (toLog(run.totalMs - spentMs) - middle) / spread)),
    };
  });
