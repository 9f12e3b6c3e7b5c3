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

/** The whole run as it is told now. */
interface Now {
  spentMs: number;
  run: Interval | null;
}

/** What the whole is told to take: spent and middle; null where nothing is told. */
export const wholeMsOf = (now: Now | null): number | null =>
  now === null || now.run === null ? null : Math.round(now.spentMs + now.run.p50Ms);

type Why = (turned: Turned) => string | null;

/** The newest of what was told before that is another whole than now; null when all that was told still holds about. `why` says what turned it. */
export const toldBefore = (before: readonly Estimate[], now: Now, why: Why): ToldBefore | null => {
  const other = before.findLast((told) => change(told, now, why) !== null);
  return other === undefined ? null : change(other, now, why);
};

/** What somebody was told who looked at `at`: the whole run was told to take `wholeMs`. */
export interface Looked {
  at: number;
  wholeMs: number;
}

/** How the whole run is told now to somebody who was told otherwise before; null when that still holds about. */
export const toldSince = ({ at, wholeMs }: Looked, now: Now, why: Why): ToldBefore | null =>
  change({ at, spentMs: 0, p50Ms: wholeMs }, now, why);

const change = (
  { at, spentMs, p50Ms }: Pick<Estimate, "at" | "spentMs" | "p50Ms">,
  now: Now,
  why: Why,
): ToldBefore | null => {
  const nowMs = wholeMsOf(now);
  if (nowMs === null) return null;
  const wholeMs = spentMs + p50Ms;
  const ratio = Math.max(1, nowMs) / Math.max(1, wholeMs);
  if (Math.abs(Math.log(ratio)) < Math.log(worthTelling) || Math.abs(nowMs - wholeMs) < leastMs) return null;
  return { at, wholeMs, nowMs, because: why({ since: at, longer: nowMs > wholeMs }) };
};
