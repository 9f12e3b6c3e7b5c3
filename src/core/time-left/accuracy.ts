import type { PastStep } from "#core/store.ts";
import type { PastEstimate } from "./estimate.ts";
import { quantile } from "./quantile.ts";

/** How estimates at one tenth of what was told at the start fared against what came. */
export interface Accuracy {
  tenth: number;
  estimates: number;
  /** How many truths lay between the tenth and nine tenths; four of five are meant to. */
  held: number;
  /** How wide the interval was in half of the cases, as a share of the whole run. */
  widthShare: number;
  /** How far the middle was off in half of the cases, as a share of the whole run. */
  offShare: number;
  /** The same of the plain mean of the runs before, for comparison; null where there were none. */
  meanOffShare: number | null;
}

/** Active time of whole runs by id, in the order of `past`. Milliseconds. */
export const totalsOf = (past: readonly PastStep[]): Map<string, number> => {
  const totals = new Map<string, number>();
  for (const { runId, activeMs } of past) totals.set(runId, (totals.get(runId) ?? 0) + activeMs);
  return totals;
};

/** Holds what was told of past runs against what they took; `past` is newest first. A tenth without estimates is left out. */
export const accuracyOf = (
  past: readonly PastStep[],
  estimates: readonly PastEstimate[],
): readonly Accuracy[] => {
  const totals = totalsOf(past);
  const order = [...totals.keys()];
  const fared = estimates.flatMap((told) => {
    const total = totals.get(told.runId);
    if (total === undefined) return [];
    const left = Math.max(0, total - told.spentMs);
    const before = order.slice(order.indexOf(told.runId) + 1).map((id) => totals.get(id) ?? 0);
    const mean = before.reduce((sum, ms) => sum + ms, 0) / before.length;
    const share = (ms: number) => Math.abs(ms) / Math.max(1, total);
    return {
      tenth: told.tenth,
      width: share(told.p90Ms - told.p10Ms),
      held: told.p10Ms <= left && left <= told.p90Ms,
      off: share(told.p50Ms - left),
      meanOff: before.length === 0 ? null : share(Math.max(0, mean - told.spentMs) - left),
    };
  });
  return [...Map.groupBy(fared, (one) => one.tenth)]
    .map(([tenth, ones]) => ({
      tenth,
      estimates: ones.length,
      held: ones.filter((one) => one.held).length,
      widthShare: middle(ones.map((one) => one.width)) ?? 0,
      offShare: middle(ones.map((one) => one.off)) ?? 0,
      meanOffShare: middle(ones.map((one) => one.meanOff).filter((one) => one !== null)),
    }))
    .sort((a, b) => a.tenth - b.tenth);
};

const middle = (values: readonly number[]): number | null =>
  values.length === 0
    ? null
    : quantile(
        values.toSorted((a, b) => a - b),
        0.5,
      );
