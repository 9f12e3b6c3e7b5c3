import type { Clock } from "./clock.ts";

export interface RoundsDeps {
  clock: Clock;
  /** One round; how long there is nothing to do after it, unless somebody asks for a look. Milliseconds. */
  round(): Promise<number>;
  /** A round threw. */
  failed(error: unknown): void;
  /** Rounds are never further apart than this: a machine that slept and a clock that was set are noticed by then. Milliseconds. */
  longestSleepMs: number;
  /** How long after a round that threw, unless somebody asks for a look. Milliseconds. */
  afterErrorMs: number;
  /** How long after a round for which somebody asked while another was under way. Milliseconds. */
  againAfterMs: number;
}

export interface Rounds {
  /** Something changed that may be due at once. */
  look(): void;
  /** No round begins any more; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** What is due and cannot be done yet must not make this a busy loop. */
const shortestSleepMs = 20;

/** Rounds over what is due, one after the other: at each time that is told, and whenever somebody asks. None begins before the first look. */
export const openRounds = (deps: RoundsDeps): Rounds => {
  const { clock, longestSleepMs } = deps;
  let stopped = false;
  let asked = false;
  let busy = false;
  let underWay: Promise<void> | undefined;
  let cancelTimer = () => {};

  const go = async (): Promise<void> => {
    let sleepMs = deps.afterErrorMs;
    try {
      sleepMs = await deps.round();
    } catch (error) {
      deps.failed(error);
    }
    busy = false;
    if (stopped) return;
    if (asked && deps.againAfterMs === 0) return look();
    const ms = asked ? deps.againAfterMs : Math.min(longestSleepMs, Math.max(shortestSleepMs, sleepMs));
    cancelTimer = clock.after(ms, look);
  };
  const look = (): void => {
    if (stopped) return;
    asked = busy;
    if (asked) return;
    busy = true;
    cancelTimer();
    underWay = go();
  };

  return {
    look,
    stop: async () => {
      stopped = true;
      cancelTimer();
      await underWay;
    },
  };
};
