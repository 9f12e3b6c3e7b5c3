import type { Turned } from "./because.ts";
import type { Estimate, Interval } from "./estimate.ts";

/** What was told before of the whole run, where that is other than what is told now. Milliseconds of active time. */
export interface ToldBefore {
  at: number;
  /** The whole run as it was told then, and as it is told now: spent and middle. */
  wholeMs: number;
  nowMs: number;
  /** What happened since then that made it so, a sentence; null where nothing stands out. */
  because: string | null;
}

/** A whole that changed by less than this factor is not worth a word. */
const worthTelling = 1.2;
const leastMs = 5_000;

/** The newest of what was told before that is another whole than now; null when all that was told still holds about. `why` says what turned it. */
export const toldBefore = (
  before: readonly Estimate[],
  now: { spentMs: number; run: Interval | null },
  why: (turned: Turned) => string | null,
): ToldBefore | null => {
  if (now.run === null) return null;
  const nowMs = now.spentMs + now.run.p50Ms;
  const other = before.findLast(({ spentMs, p50Ms }) => {
    const ratio = Math.max(1, nowMs) / Math.max(1, spentMs + p50Ms);
    return (
      Math.abs(Math.log(ratio)) >= Math.log(worthTelling) && Math.abs(nowMs - spentMs - p50Ms) >= leastMs
    );
  });
  if (other === undefined) return null;
  const { at } = other;
  const wholeMs = other.spentMs + other.p50Ms;
  return { at, wholeMs, nowMs, because: why({ since: at, longer: nowMs > wholeMs }) };
};
