import type { Estimate, Interval } from "./estimate.ts";

/** What was told before of the whole run, where that is other than what is told now. Milliseconds of active time. */
export interface ToldBefore {
  at: number;
  /** The whole run as it was told then, and as it is told now: spent and middle. */
  wholeMs: number;
  nowMs: number;
}

/** A whole that changed by less than this factor is not worth a word. */
const worthTelling = 1.2;
const leastMs = 5_000;

/** The newest of what was told before that is another whole than now; null when all that was told still holds about. */
export const toldBefore = (
  before: readonly Estimate[],
  now: { spentMs: number; run: Interval | null } | null,
): ToldBefore | null => {
  if (now === null || now.run === null) return null;
  const nowMs = now.spentMs + now.run.p50Ms;
  const other = before.findLast(({ spentMs, p50Ms }) => {
    const ratio = Math.max(1, nowMs) / Math.max(1, spentMs + p50Ms);
    return (
      Math.abs(Math.log(ratio)) >= Math.log(worthTelling) && Math.abs(nowMs - spentMs - p50Ms) >= leastMs
    );
  });
  return other === undefined ? null : { at: other.at, wholeMs: other.spentMs + other.p50Ms, nowMs };
};
