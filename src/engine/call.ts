import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { Stop } from "./stop.ts";

/** How a call of a step's function ended. */
export type Called<T> =
  | { kind: "value"; value: T }
  | { kind: "error"; error: unknown }
  /** Told to stop; `unconfirmed` says why it is not known that the work really ended, null when it is. */
  | { kind: "stopped"; why: Stop["why"]; unconfirmed: string | null; tookMs: number };

const leftBehindSentence =
  "It did not end within the time it was given. It may still be at work; what it does from now on is not recorded.";

interface CallLimits {
  signal: AbortSignal;
  clock: Clock;
  /** Null: no limit. */
  timeoutMs: number | null;
  graceMs: number;
}

/**
 * Calls a step's function with a signal that fires on `limits.signal` and at the time limit. After it fired, the function has
 * `graceMs` to end; then it is left behind and its result, should it ever come, is ignored. A value that arrives within the grace
 * counts: what happened, happened.
 */
export const call = async <T>(
  run: (signal: AbortSignal) => Promise<T>,
  limits: CallLimits,
): Promise<Called<T>> => {
  const { clock, signal, timeoutMs, graceMs } = limits;
  if (signal.reason instanceof Stop)
    return { kind: "stopped", why: signal.reason.why, unconfirmed: null, tookMs: 0 };
  const own = new AbortController();
  const abort = () => own.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  const cancelTimeout =
    timeoutMs === null
      ? () => {}
      : clock.after(timeoutMs, () =>
          own.abort(
            new AppError(
              "timed-out",
              `It took longer than ${Math.round(timeoutMs / 1000)} s and was stopped.`,
            ),
          ),
        );

  let cancelGrace = () => {};
  const leftBehind = new Promise<"left-behind">((resolve) => {
    const startGrace = () => {
      cancelGrace = clock.after(graceMs, () => resolve("left-behind"));
    };
    own.signal.addEventListener("abort", startGrace, { once: true });
  });
  let abortedAt: number | null = null;
  own.signal.addEventListener("abort", () => {
    abortedAt = clock.now();
  });

  const working = (async () => run(own.signal))().then(
    (value): Called<T> => ({ kind: "value", value }),
    (error: unknown): Called<T> => ({ kind: "error", error }),
  );
  const ended = await Promise.race([working, leftBehind]);
  cancelTimeout();
  cancelGrace();
  signal.removeEventListener("abort", abort);

  if (ended !== "left-behind" && ended.kind === "value") return ended;
  const reason: unknown = own.signal.aborted ? own.signal.reason : null;
  const thrown = ended !== "left-behind" && ended.kind === "error" ? ended.error : null;
  const told = thrown instanceof AppError ? thrown : null;
  const unconfirmed = ended === "left-behind" ? leftBehindSentence : (told?.unconfirmed ?? null);
  if (reason instanceof Stop) {
    return {
      kind: "stopped",
      why: reason.why,
      unconfirmed,
      tookMs: clock.now() - (abortedAt ?? clock.now()),
    };
  }
  if (ended === "left-behind") return { kind: "error", error: unconfirmedTimeout(reason) };
  // At the time limit a step that can tell what became of its work knows more than we do.
  return { kind: "error", error: reason === null ? thrown : (told ?? reason) };
};

const unconfirmedTimeout = (reason: unknown): unknown =>
  reason instanceof AppError
    ? new AppError("timed-out", `${reason.message} Whether it really stopped could not be confirmed.`, {
        canPass: false,
      })
    : reason;
