import type { Clock } from "#core/clock.ts";

/** The clock of this machine. */
export const clock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
