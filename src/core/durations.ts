import type { Accuracy } from "./time-left/accuracy.ts";
import type { Interval, TimeLeft } from "./time-left/estimate.ts";

/** How long the runs of a workflow took, active time only, and how good the estimates were. */
export interface Durations {
  workflowId: string;
  title: string;
  /** Completed runs, newest first. */
  runs: readonly PastRun[];
  /** In the order of the workflow, questions left out. */
  steps: readonly PastStepTimes[];
  /** What a run that began now would be told; null before the first one has completed. */
  next: TimeLeft | null;
  accuracy: readonly Accuracy[];
}

export interface PastRun {
  runId: string;
  subject: string;
  endedAt: number;
  activeMs: number;
  /** What was told at its start; null when nothing was. */
  told: Interval | null;
}

/** What one step took in these runs; the quantiles are of the runs in which it had something to do. */
export interface PastStepTimes extends Interval {
  id: string;
  title: string;
  runs: number;
  skipped: number;
}
