import type { Clock } from "#core/clock.ts";
import { realClock } from "../engine/world.ts";

/** A clock that is as far ahead as somebody sets it, and whose timers fire when `pass` says that their time is over. */
export const createHandTimers = () => {
  const timers = new Set<{ ms: number; call: () => void }>();
  let aheadMs = 0;
  const clock: Clock = {
    now: () => realClock.now() + aheadMs,
    after: (ms, call) => {
      const timer = { ms, call };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  const pass = (ms: number) => {
    for (const timer of [...timers]) if (timer.ms === ms && timers.delete(timer)) timer.call();
  };
  /** What is due by then comes, in no order. */
  const reach = (ms: number) => {
    for (const timer of [...timers]) if (timer.ms <= ms && timers.delete(timer)) timer.call();
  };
  return {
    clock,
    pass,
    reach,
    /** A round of the beats that everything held open shares. */
    beat: () => {
      for (let second = 0; second < 15; second += 1) pass(1_000);
    },
    goAhead: (ms: number) => {
      aheadMs += ms;
    },
  };
};
