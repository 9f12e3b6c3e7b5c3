import { createHash } from "node:crypto";
import { sleep, systemClock } from "#connectors/http/waiting.ts";
import type { Clock } from "#core/clock.ts";

/** Botify's limit on project endpoints, see developers.botify.com/docs/limits. */
export const requestsPerWindow = 5;

/** A little over a second, because two requests may travel at different speed and arrive closer together than they left. */
export const windowMs = 1_050;

/** Nothing that the other side says holds us longer than this. */
export const longestBreakMs = 60_000;

export interface RateLimit {
  /** Resolves when the next request may leave, in the order of asking. Rejects when the signal fires while it waits. */
  turn(signal: AbortSignal): Promise<void>;
  /** Lets nobody through for `ms`: the other side said that it is too busy. */
  takeBreak(ms: number): void;
}

/** No rest between requests, only the breaks that the other side asks for: for a server of one's own. */
export const createBreaksOnly = (clock: Clock = systemClock): RateLimit => createRateLimit(clock, 0);

/** At most 5 requests in any 1.05 s, counted when they leave: a sliding window, since a token bucket lets two bursts meet. */
export const createRateLimit = (clock: Clock = systemClock, mostPerWindow = requestsPerWindow): RateLimit => {
  const left: number[] = [];
  let breakUntil = Number.NEGATIVE_INFINITY;
  let queue: Promise<unknown> = Promise.resolve();

  const waitMs = (): number => {
    const now = clock.now();
    // The clock was set back: what lies ahead of it is taken for now, or we would wait until it catches up.
    if ((left.at(-1) ?? now) > now) left.fill(now);
    breakUntil = Math.min(breakUntil, now + longestBreakMs);
    const oldest = left.length < mostPerWindow ? undefined : left[0];
    return Math.max(oldest === undefined ? 0 : oldest + windowMs - now, breakUntil - now);
  };

  const leave = async (signal: AbortSignal): Promise<void> => {
    // Asked again after each sleep, because a break may have begun meanwhile.
    for (let ms = waitMs(); ms > 0; ms = waitMs()) await sleep(ms, signal, clock);
    if (mostPerWindow === 0) return;
    if (left.length === mostPerWindow) left.shift();
    left.push(clock.now());
  };

  return {
    turn(signal) {
      const turn = queue.then(() => leave(signal));
      queue = turn.catch(() => undefined);
      return turn;
    },
    takeBreak(ms) {
      breakUntil = Math.max(breakUntil, clock.now() + ms);
    },
  };
};

const accounts = new Map<string, RateLimit>();

/**
 * The one limit of an account, shared by all clients of this process: Botify counts per account, not per client.
 * The key is a hash, so that no token lies around in it. The clock is that of the first client.
 */
export const rateLimitOf = (baseUrl: URL, token: string, clock: Clock = systemClock): RateLimit => {
  const key = accountKey(baseUrl, token);
  const known = accounts.get(key);
  if (known !== undefined) return known;
  const made = createRateLimit(clock);
  accounts.set(key, made);
  return made;
};

/** Tells accounts apart, and holds no token. */
export const accountKey = (baseUrl: URL, token: string): string =>
  createHash("sha256").update(`${baseUrl.href}\0${token}`).digest("hex");
