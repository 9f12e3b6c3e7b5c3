import type { Step } from "#core/step.ts";
import { fromLog, type LogDuration, toLog } from "./log-duration.ts";
import type { StepModel } from "./model.ts";
import { studentBelow, studentQuantile } from "./student.ts";

/** No step is expected to take more than this many times the longest it ever took. */
const mostTimes = 4;
/** A share below this says nothing yet. */
const leastShare = 0.02;
/** How far off a step's own counter is, as a standard deviation of the log duration when half is done. */
const counterSpread = 0.3;

export interface Draw {
  /** 0..1: where in the step's distribution this draw lies. */
  u: number;
  /** 0..1: below the chance to be skipped, the step is. */
  skip: number;
  /** What the run adds to the logarithm of every duration. */
  shift: number;
}

/**
 * How long a step still takes in one drawn future. A pending step: its whole duration. One under way: its duration given that it
 * exceeds the time spent (residual life), or, where it reports a share p after a, log(a/p) weighed against the past by precision.
 * One that has outlasted all that its past made likely: half as long again in the median, as for things without a known scale.
 */
export const stepLeft = (
  step: Pick<Step, "share">,
  model: LogDuration & Partial<StepModel>,
  spentMs: number,
  draw: Draw,
): number => {
  const { skipChance = 0, skipMs = 0, pastMs = [] } = model;
  if (draw.skip < skipChance && spentMs <= skipMs) return skipMs - spentMs;
  const most = mostTimes * Math.max(pastMs.at(-1) ?? Number.POSITIVE_INFINITY, spentMs);
  const { location, scale2, freedom } = informed(
    { ...model, location: model.location + draw.shift },
    step,
    spentMs,
  );
  const scale = Math.sqrt(scale2);
  if (spentMs <= 0) return Math.min(most, fromLog(location + scale * studentQuantile(draw.u, freedom)));
  const below = studentBelow((toLog(spentMs) - location) / scale, freedom);
  if (below > 0.97) return Math.min((most * 3) / mostTimes, (0.5 * spentMs * draw.u) / (1 - draw.u));
  const log = location + scale * studentQuantile(below + draw.u * (1 - below), freedom);
  return Math.min(most, Math.max(0, fromLog(log) - spentMs));
};

/** What the step's own counter adds to what its past says. */
export const informed = <L extends LogDuration>(past: L, step: Pick<Step, "share">, spentMs: number): L => {
  if (!counts(step, spentMs)) return past;
  const share = Math.min(0.99, step.share ?? 0);
  const variance = (counterSpread ** 2 * (1 - share)) / share;
  const trust = past.scale2 / (past.scale2 + variance);
  const location = past.location + trust * (toLog(spentMs / share) - past.location);
  return { ...past, location, scale2: (1 - trust) * past.scale2 };
};

/** The step reports a share that says something. */
export const counts = ({ share }: Pick<Step, "share">, spentMs: number): boolean =>
  share !== null && share > leastShare && spentMs > 0;
