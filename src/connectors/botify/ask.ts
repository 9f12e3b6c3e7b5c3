import { type Ask, createJsonClient } from "#connectors/http/json-client.ts";
import type { Clock } from "#core/clock.ts";
import type { RateLimit } from "./rate-limit.ts";
import { refusalError } from "./refusals.ts";

const triesWhenBusy = 5;
const longestBusyWaitMs = 60_000;

/**
 * How Botify's API is asked: rate limit, token, waiting out of 429. That means that nothing was done, so waiting it out is safe for POST
 * too; every other failure is left to the caller.
 */
export const createAsk = (options: { token: string; clock: Clock; rateLimit: RateLimit }): Ask => {
  const { token, clock, rateLimit } = options;
  return createJsonClient({
    headers: { authorization: `Token ${token}` },
    secrets: [token],
    lead: "about",
    advice: "Check the API address of the connection; if it is right, try again later.",
    timeLimitMs: 60_000,
    // A page of 2,000 rows, or a data model of 5,000 fields, is far smaller.
    largestAnswerBytes: 8 * 1024 * 1024,
    mostValues: 400_000,
    refused: refusalError,
    turn: (signal) => rateLimit.turn(signal),
    again: ({ status, retryAfterMs, tries }) => {
      const waitMs = retryAfterMs ?? Math.min(1_000 * 2 ** (tries - 1), 30_000);
      if (status !== 429 || tries === triesWhenBusy || waitMs > longestBusyWaitMs) return null;
      rateLimit.takeBreak(waitMs);
      return waitMs;
    },
    clock,
  });
};
