import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { Stop } from "./stop.ts";

/** How a call of a step's function ended. */
export type Called<T> =
  | { kind: "value"; value: T }
  | { kind: "error"; error: unknown }
  /** Told to stop; `confirmed` when the function really ended within the grace. */
  | { kind: "stopped"; why: Stop["why"]; confirmed: boolean; tookMs: number };

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
    return { kind: "stopped", why: signal.reason.why, confirmed: true, tookMs: 0 };
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
  const confirmed = ended !== "left-behind";
  if (reason instanceof Stop) {
    return { kind: "stopped", why: reason.why, confirmed, tookMs: clock.now() - (abortedAt ?? clock.now()) };
  }
  if (reason !== null) return { kind: "error", error: confirmed ? reason : unconfirmedTimeout(reason) };
  return ended === "left-behind" ? { kind: "error", error: reason } : ended;
};

const unconfirmedTimeout = (reason: unknown): unknown =>
  reason instanceof AppError
    ? new AppError("timed-out", `${reason.message} Whether it really stopped could not be confirmed.`, {
        canPass: false,
      })
    : reason;
