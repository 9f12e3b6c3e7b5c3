import type { Clock } from "#core/clock.ts";
import { realClock } from "../engine/world.ts";

/** A clock whose timers fire when `pass` says that their time is over. */
export const createHandTimers = (): { clock: Clock; pass(ms: number): void } => {
  const timers = new Set<{ ms: number; call: () => void }>();
  return {
    clock: {
      now: realClock.now,
      after: (ms, call) => {
        const timer = { ms, call };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
    pass: (ms) => {
      for (const timer of [...timers]) if (timer.ms === ms && timers.delete(timer)) timer.call();
    },
  };
};
