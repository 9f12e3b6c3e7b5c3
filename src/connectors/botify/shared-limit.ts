import { sleep } from "#connectors/http/waiting.ts";
import type { Clock } from "#core/clock.ts";
import type { Moments } from "#core/moments.ts";
import { longestBreakMs, type RateLimit, requestsPerWindow, windowMs } from "./rate-limit.ts";

/** Who leaves later than this after the time that was agreed, on a busy machine, would leave together with those after; that turn is let go. */
const lateMs = 40;
const mostTurns = 20;
/** So that one who left late and one who did not still leave a whole window apart. */
const apartMs = windowMs + lateMs;

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
    const [oldest = now] = left.length < requestsPerWindow ? [] : [(left[0] ?? now) + apartMs];
    const at = Math.max(now, oldest, Math.min(breakUntil, now + longestBreakMs));
    const newest = [...left, at].slice(-requestsPerWindow);
    return {
      know: { left: newest, breakUntil },
      forMs: Math.max(at + apartMs, breakUntil) - now,
      says: at - now,
    };
  };
  return {
    async turn(signal) {
      await own.turn(signal);
      for (let turns = 1; ; turns++) {
        let leavesAt = Number.POSITIVE_INFINITY;
        const take = (known: Known | null, now: number) => {
          const taken = turn(known, now);
          leavesAt = clock.now() + taken.says;
          return taken;
        };
        const waitMs = await moments.agree(key, take).catch(() => 0);
        await sleep(waitMs, signal, clock);
        if (clock.now() - leavesAt <= lateMs || turns === mostTurns) return;
      }
    },
    takeBreak(ms) {
      own.takeBreak(ms);
      const take = (known: Known | null, now: number) => {
        const { left = [], breakUntil = 0 } = known ?? {};
        const until = Math.max(breakUntil, now + Math.min(ms, longestBreakMs));
        return { know: { left, breakUntil: until }, forMs: until + apartMs - now, says: null };
      };
      // Each process takes its own break in any case.
      moments.agree(key, take).catch(() => {});
    },
  };
};
