import type { Clock } from "#core/clock.ts";

const everyMs = 15_000;
/** So many parts beat after each other, so that thousands do not beat at once. */
const parts = 15;
/** Then what is held open ends and its reader comes back by itself, so that a session or token that has expired sees nothing more. */
const longestMs = 30 * 60_000;

/** What is held open for a reader. */
export interface Held {
  /** Gives a sign of life. */
  beat(): void;
  end(): void;
}

/** One timer for everything that is held open. */
export interface Beats {
  /** It beats every 15 seconds, the first time sooner, and ends after half an hour; the function returned takes it out. */
  join(held: Held): () => void;
}

export const createBeats = (clock: Clock): Beats => {
  const all = Array.from({ length: parts }, () => new Map<Held, number>());
  let members = 0;
  let next = 0;
  let stop: (() => void) | null = null;
  const tick = () => {
    const now = clock.now();
    const part = all[next] ?? new Map<Held, number>();
    next = (next + 1) % parts;
    stop = clock.after(everyMs / parts, tick);
    for (const [held, since] of part) now - since < longestMs ? held.beat() : held.end();
  };
  return {
    join: (held) => {
      const smallest = all.reduce((one, other) => (other.size < one.size ? other : one));
      smallest.set(held, clock.now());
      members += 1;
      stop ??= clock.after(everyMs / parts, tick);
      return () => {
        if (!smallest.delete(held)) return;
        members -= 1;
        if (members > 0) return;
        stop?.();
        stop = null;
      };
    },
  };
};
