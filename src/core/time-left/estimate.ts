/** How long the rest of something will take, active time only: nothing that waits for a person, a pause or a lock. Milliseconds. */
export interface Interval {
  p10Ms: number;
  p50Ms: number;
  p90Ms: number;
}

/** What is told of the rest of a run. In four of five runs it takes between `p10Ms` and `p90Ms`. */
export interface TimeLeft extends Interval {
  /** How many past runs it rests on. */
  runs: number;
  /** Why it is other than what is usual, a sentence; null when nothing stands out. */
  because: string | null;
}

/** An estimate as it was told, kept to be held against what came. */
export interface Estimate extends Interval {
  /** 0 at the start, then 1 to 9 when that many tenths of the time told at the start were gone. */
  tenth: number;
  at: number;
  /** Active time of the run so far. */
  spentMs: number;
  runs: number;
}

export interface PastEstimate extends Estimate {
  runId: string;
}

/** What was told of the whole run: one that began before its workflow had a past is told of its rest only, when there is one. */
export const wholeTold = ({ spentMs, p10Ms, p50Ms, p90Ms }: Estimate): Interval => ({
  p10Ms: spentMs + p10Ms,
  p50Ms: spentMs + p50Ms,
  p90Ms: spentMs + p90Ms,
});
