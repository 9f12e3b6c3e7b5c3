/** The constants that were chosen by replay and not by reason; `npm run bench:time -- --leave-out` says how much hangs on them. */
export interface Tuning {
  /** A past moment counts half as much as one that is this many runs newer. */
  momentsFade: number;
  /** Moments this far apart in share count e^−½ as much. */
  nearness: number;
  /** How many past runs the plain guess counts as. */
  trust: number;
  /** How much the totals of past runs count at the start; nothing from half-way on. */
  totalsAtStart: number;
  /** How much the spread of runs like this one counts, once they are worth a few. */
  mostLike: number;
  /** Among runs like this one a run counts half as much as one that is this many runs newer. */
  runsFade: number;
  /** How sharply likeness falls with distance. */
  sharpness: number;
  /** A run whose current step was over by now counts this much. */
  overtaken: number;
}

export const chosen: Tuning = {
  momentsFade: 12,
  nearness: 0.15,
  trust: 2,
  totalsAtStart: 0.6,
  mostLike: 0.55,
  runsFade: 20,
  sharpness: 3,
  overtaken: 0.15,
};
