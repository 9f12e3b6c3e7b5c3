import type { Step } from "#core/step.ts";
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

/** What a completed run teaches, of its steps as they are. */
export const pastStepsOf = (
  steps: readonly Pick<Step, "runId" | "id" | "activeMs" | "quietMs" | "state" | "progress">[],
): PastStep[] =>
  steps
    .filter(({ state }) => state === "completed" || state === "skipped")
    .map(({ runId, id, activeMs, quietMs, state, progress }) => ({
      runId,
      stepId: id,
      activeMs,
      quietMs,
      skipped: state === "skipped",
      units: progress?.done ?? 0,
    }));
