import type { Interval } from "./estimate.ts";
import { fromLog, type LogDuration, toLog } from "./log-duration.ts";
import type { StepModel } from "./model.ts";
import { studentBelow, studentQuantile } from "./student.ts";

/** No step is expected to take more than this many times the longest it ever took. */
const mostTimes = 4;
/** How likely a step is to have no scale of its own: it hangs, or is another kind of thing than before. */
const strangeChance = 0.02;

/**
 * How long a step still takes, at share `u` of its law. A pending step: its whole duration. One under way: its duration given that it
 * exceeds the time spent (residual life). The less likely the past made it to last so long, the more it is taken for a thing without
 * a known scale, of which half as long again is left in the median; one law passes into the other without a step.
 */
export const stepLeft = (
  law: LogDuration & Partial<Pick<StepModel, "pastMs">>,
  spentMs: number,
  u: number,
): number => {
  const scale = Math.sqrt(law.scale2);
  const most = mostTimes * Math.max(law.pastMs?.at(-1) ?? Number.POSITIVE_INFINITY, spentMs);
  if (spentMs <= 0) return Math.min(most, fromLog(law.location + scale * studentQuantile(u, law.freedom)));
  const below = studentBelow((toLog(spentMs) - law.location) / scale, law.freedom);
  const strange = strangeChance / (strangeChance + (1 - strangeChance) * (1 - below));
  const log = law.location + scale * studentQuantile(below + u * (1 - below), law.freedom);
  const usual = toLog(Math.max(0, fromLog(log) - spentMs));
  const scaleless = toLog((0.5 * spentMs * u) / (1 - u));
  return Math.min(most, fromLog(usual + strange * (scaleless - usual)));
};

/** The same as an interval; what had nothing to do in more past runs than not has no middle of its own. */
export const intervalLeft = (law: LogDuration & Partial<StepModel>, spentMs: number): Interval => {
  const { skipChance = 0, skipMs = 0 } = law;
  const at = (q: number) => {
    if (spentMs > skipMs || skipChance === 0) return stepLeft(law, spentMs, q);
    return q <= skipChance
      ? Math.max(0, skipMs - spentMs)
      : stepLeft(law, spentMs, (q - skipChance) / (1 - skipChance));
  };
  const [p10Ms, p50Ms, p90Ms] = [at(0.1), at(0.5), at(0.9)].sort((a, b) => a - b) as [number, number, number];
  return { p10Ms, p50Ms, p90Ms };
};
