import { sleep } from "#connectors/http/waiting.ts";
import type { Clock } from "#core/clock.ts";
import type { Moments } from "#core/moments.ts";
import { longestBreakMs, type RateLimit, requestsPerWindow, windowMs } from "./rate-limit.ts";

/** When the newest requests leave, in order, and until when nobody may. */
interface Known {
  left: readonly number[];
  breakUntil: number;
}

/**
 * The limit of an account over several processes: each request leaves when its own process lets it and when all agree. While they cannot, because the
 * database is away, each goes by its own.
 */
export const sharedLimit = (
  own: RateLimit,
  key: string,
  { moments, clock }: { moments: Moments; clock: Clock },
): RateLimit => {
  const turn = (known: Known | null, now: number) => {
    const { left: before = [], breakUntil = 0 } = known ?? {};
    // The clock was set back: nobody waits until it catches up.
    const left = (before.at(-1) ?? now) > now + longestBreakMs ? [] : before;
    const [oldest = now] = left.length < requestsPerWindow ? [] : [(left[0] ?? now) + windowMs];
    const at = Math.max(now, oldest, Math.min(breakUntil, now + longestBreakMs));
    const newest = [...left, at].slice(-requestsPerWindow);
    return {
      know: { left: newest, breakUntil },
      forMs: Math.max(at + windowMs, breakUntil) - now,
      says: at - now,
    };
  };
  return {
    async turn(signal) {
      await own.turn(signal);
      const waitMs = await moments.agree(key, turn).catch(() => 0);
      await sleep(waitMs, signal, clock);
    },
    takeBreak(ms) {
      own.takeBreak(ms);
      const take = (known: Known | null, now: number) => {
        const { left = [], breakUntil = 0 } = known ?? {};
        const until = Math.max(breakUntil, now + Math.min(ms, longestBreakMs));
        return { know: { left, breakUntil: until }, forMs: until + windowMs - now, says: null };
      };
      // Each process takes its own break in any case.
      moments.agree(key, take).catch(() => {});
    },
  };
};
