import type { PastStep } from "#core/store.ts";
import { toLog } from "./log-duration.ts";

/** One step of a completed run. */
export interface TookStep {
  ms: number;
  log: number;
  skipped: boolean;
  quietMs: number;
  /** What it counted in the end, where it counted; 0 where it did not. */
  units: number;
}

/** A completed run: what each of its steps took, in the order in which they came. Active time, milliseconds. */
export interface PastRun {
  runId: string;
  steps: ReadonlyMap<string, TookStep>;
  totalMs: number;
}

/** Gathers steps into their runs, in the order of `past`: newest first. */
export const pastRunsOf = (past: readonly PastStep[]): PastRun[] =>
  [...Map.groupBy(past, (one) => one.runId)].map(([runId, ones]) => ({
    runId,
    steps: new Map(
      ones.map(({ stepId, activeMs, skipped, quietMs, units }) => [
        stepId,
        { ms: activeMs, log: toLog(activeMs), skipped, quietMs, units },
      ]),
    ),
    totalMs: ones.reduce((sum, one) => sum + one.activeMs, 0),
  }));
