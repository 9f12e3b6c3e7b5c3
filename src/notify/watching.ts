import type { Clock } from "#core/clock.ts";

/** Who has the page of which run open. From memory: after a restart nobody has until their page asks again. */
export interface Watching {
  /** A page of this person asked for this run just now. */
  saw(personId: string, runId: string): void;
  isWatched(personId: string, runId: string): boolean;
}

/** Open pages ask every two seconds. */
const goneAfterMs = 8_000;
/** More than that are not remembered; the oldest go. */
const most = 5_000;

export const createWatching = ({ now }: Pick<Clock, "now">): Watching => {
  const seen = new Map<string, number>();
  const keyOf = (personId: string, runId: string) => `${personId} ${runId}`;
  return {
    saw: (personId, runId) => {
      const key = keyOf(personId, runId);
      seen.delete(key);
      seen.set(key, now());
      if (seen.size > most) for (const oldest of seen.keys()) return void seen.delete(oldest);
    },
    isWatched: (personId, runId) => {
      const at = seen.get(keyOf(personId, runId));
      return at !== undefined && now() - at < goneAfterMs && now() >= at;
    },
  };
};
