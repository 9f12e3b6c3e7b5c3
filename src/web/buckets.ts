import type { Clock } from "#core/clock.ts";

/** A bucket each: every take is a drop, and drops come back evenly (the token bucket of RFC 2697, with one colour). */
export interface Buckets {
  /** Takes one; how many milliseconds to wait when there is none, else 0. */
  take(who: string): number;
  /** Undoes a take. */
  giveBack(who: string): void;
}

interface BucketsOptions {
  clock: Pick<Clock, "now">;
  perSecond: number;
  /** What a full bucket holds. */
  holds: number;
}

/** Who did not come for as long as a bucket needs to fill is forgotten when so many are known. */
const mostKnown = 10_000;

export const createBuckets = ({ clock, perSecond, holds }: BucketsOptions): Buckets => {
  const buckets = new Map<string, { left: number; at: number }>();
  const leftIn = ({ left, at }: { left: number; at: number }, now: number) =>
    Math.min(holds, left + (Math.max(0, now - at) / 1_000) * perSecond);
  const forgetFull = (now: number) => {
    for (const [who, bucket] of buckets) if (leftIn(bucket, now) >= holds) buckets.delete(who);
    // As many at once as that are an attack; who came first is no better than the others.
    for (const who of buckets.keys()) if (buckets.size >= mostKnown) buckets.delete(who);
  };
  const take = (who: string): number => {
    const now = clock.now();
    const known = buckets.get(who);
    const left = known === undefined ? holds : leftIn(known, now);
    if (left < 1) return Math.ceil(((1 - left) / perSecond) * 1_000);
    if (known === undefined && buckets.size >= mostKnown) forgetFull(now);
    buckets.set(who, { left: left - 1, at: now });
    return 0;
  };
  const giveBack = (who: string) => {
    const known = buckets.get(who);
    if (known !== undefined) known.left = Math.min(holds, known.left + 1);
  };
  return { take, giveBack };
};
