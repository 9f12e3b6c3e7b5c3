import { AppError } from "./errors.ts";

/** How a step is tried again. Only errors that can pass by themselves are. */
export interface RetryPolicy {
  /** Tries in all, the first included. */
  attempts: number;
  firstMs: number;
  factor: number;
  maxMs: number;
  /** Tries where the other side says that it is busy, and so has done nothing; as many as otherwise unless told. */
  busyAttempts?: number;
  /** Goes on for so long at least, in as many tries as that takes; only the time between them counts. Milliseconds. */
  forMs?: number;
}

/** The tries in a row that failed, and how long was rested between them, milliseconds. */
export interface Tried {
  tries: number;
  restedMs?: number;
}

export const usualRetry: RetryPolicy = { attempts: 4, firstMs: 1_000, factor: 2, maxMs: 60_000 };
export const neverRetry: RetryPolicy = { attempts: 1, firstMs: 0, factor: 1, maxMs: 0 };

/** Where Milepost's own database is away, a step that asks for something there is as patient as a commit, and no workflow needs to say so. */
const ownForMs = 15 * 60_000;

/**
 * Milliseconds until the next attempt, or null when there is none.
 * Exponential backoff with "equal jitter": half fixed, half random, so that many runs do not come back at once
 * (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). `random` is in [0, 1).
 * A remote's own "retry after" is the least that is waited.
 */
export const nextTryMs = (
  policy: RetryPolicy,
  { tries, restedMs = 0 }: Tried,
  error: AppError,
  random: number,
): number | null => {
  const most = error.code === "remote-busy" ? (policy.busyAttempts ?? policy.attempts) : policy.attempts;
  const forMs = error.code === "store-busy" ? ownForMs : (policy.forMs ?? 0);
  if (!error.canPass || (tries >= most && restedMs >= forMs)) return null;
  const full = Math.min(policy.maxMs, policy.firstMs * policy.factor ** (tries - 1));
  return Math.round(Math.max(full / 2 + (full / 2) * random, askedPauseMs(error.retryAfterMs) ?? 0));
};

/** What is told when no more is tried of what was tried for long. */
export const givenUp = (policy: RetryPolicy, { tries, restedMs = 0 }: Tried, error: AppError): AppError => {
  const { code, message, canPass, detail, wayOn } = error;
  if (!canPass || policy.forMs === undefined || tries < policy.attempts) return error;
  const minutes = Math.round(restedMs / 60_000);
  const span = minutes < 1 ? `${Math.round(restedMs / 1_000)} s` : `${minutes} min`;
  return new AppError(code, `${message} It was tried ${tries} times within ${span}.`, {
    cause: error,
    wayOn,
    ...(detail === undefined ? {} : { detail }),
  });
};

/** How long somebody asked us to wait, where that is a length of time at all. */
export const askedPauseMs = (ms: number | undefined): number | null =>
  typeof ms === "number" && Number.isFinite(ms) && ms >= 0 ? Math.min(ms, longestAskedMs) : null;

/** Whoever asks for more means “never”, or reckons with a clock that is wrong. */
export const longestAskedMs = 24 * 3_600_000;
