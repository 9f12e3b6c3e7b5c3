import type { Size } from "#core/run.ts";
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
  /** What it took before it went on at the pace at which it counted. */
  headMs: number;
  foreknown: boolean;
}

/** A completed run: what each of its steps took, in the order in which they came. Active time, milliseconds. */
export interface PastRun {
  runId: string;
  steps: ReadonlyMap<string, TookStep>;
  totalMs: number;
  /** How much it had to do; 0 where that was not known. */
  size: number;
}

/** Gathers steps into their runs, in the order of `past`: newest first. */
export const pastRunsOf = (past: readonly PastStep[]): PastRun[] =>
  [...Map.groupBy(past, (one) => one.runId)].map(([runId, ones]) => ({
    runId,
    steps: new Map(
      ones.map(({ stepId, ...one }) => {
        const { activeMs: ms, skipped, quietMs, units, foreknown } = one;
        return [stepId, { ms, log: toLog(ms), skipped, quietMs, units, headMs: headOf(one), foreknown }];
      }),
    ),
    totalMs: ones.reduce((sum, one) => sum + one.activeMs, 0),
    size: ones[0]?.size ?? 0,
  }));

const headOf = ({ activeMs, units, began }: Pick<PastStep, "activeMs" | "units" | "began">): number => {
  if (began === undefined || units <= began.done || activeMs <= began.afterMs) return 0;
  return Math.max(0, began.afterMs - (began.done * (activeMs - began.afterMs)) / (units - began.done));
};

/** What a completed run teaches, of its steps as they are. */
export const pastStepsOf = (
  steps: readonly (Pick<Step, "runId" | "id" | "activeMs" | "quietMs" | "state" | "progress" | "substeps"> & {
    size: Size | null;
  })[],
): PastStep[] =>
  steps
    .filter(({ state }) => state === "completed" || state === "skipped")
    .map(({ runId, id, activeMs, quietMs, state, progress, substeps, size }) => ({
      runId,
      stepId: id,
      activeMs,
      quietMs,
      skipped: state === "skipped",
      units: progress?.done ?? substeps.length,
      foreknown: progress === null ? substeps.length > 0 : progress.total !== null,
      size: size?.count ?? 0,
      ...(progress?.began === undefined ? {} : { began: progress.began }),
    }));
