import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** Waits `ms` milliseconds; throws at once what `stopped` gives when the signal fires. */
export const sleep = async (ms: number, signal: AbortSignal, clock: Clock): Promise<void> => {
  if (signal.aborted) throw stopped(signal);
  if (ms <= 0) return;
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      callOff();
      reject(stopped(signal));
    };
    const callOff = clock.after(ms, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
};

/** What is thrown when the caller's signal fired: the caller's own reason when it is one of our errors. */
export const stopped = (signal: AbortSignal): AppError =>
  signal.reason instanceof AppError
    ? signal.reason
    : new AppError("cancelled", "The request was stopped.", { cause: signal.reason });
