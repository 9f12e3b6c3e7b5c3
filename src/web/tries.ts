import type { Context } from "hono";
import type { Actor } from "#core/actor.ts";
import { AppError } from "#core/errors.ts";
import { createBuckets } from "./buckets.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

/** Wrong secrets that may come from one address at once; after that one in three seconds. */
const mostAtOnce = 20;
const perSecond = 1 / 3;
/** Lines in the audit that wrong secrets may make, wherever they come from: they must not bury the others, and none is ever removed. */
const auditAtOnce = 60;
const auditPerSecond = 1 / 60;
/** Secrets that were right are looked at also while others from their address, as behind a proxy, are wrong again and again. */
const mostRight = 1_000;

/** Keeps guessing slow, and tells of it. */
export interface Tries {
  /** Whether this one was right when it was last looked at. */
  wasRight(secret: string): boolean;
  /**
   * Looks at a secret. Throws AppError("too-many") without looking when too many wrong ones came from there just before, unless this one was
   * right before.
   */
  look<T>(c: Context<WebEnv>, secret: string, look: () => Promise<T | null>): Promise<T | null>;
}

export const createTries = ({ clock, store, log }: Pick<WebDeps, "clock" | "store" | "log">): Tries => {
  const wrong = createBuckets({ clock, perSecond, holds: mostAtOnce });
  const told = createBuckets({ clock, perSecond: auditPerSecond, holds: auditAtOnce });
  const right = new Set<string>();
  /** Programs begin with many requests at once: the first of them tells of all. */
  const looking = new Map<string, Promise<unknown>>();

  /** How many wrong secrets no line tells of yet. */
  let untold = 0;

  const tell = async (place: string, path: string): Promise<void> => {
    if (told.take("all") > 0) {
      untold += 1;
      return;
    }
    const by: Actor = { kind: "stranger", id: place, name: `somebody at ${place}` };
    const since =
      untold === 0 ? "" : `, after ${untold} more failures of anybody that have no line of their own`;
    untold = 0;
    const entry = { at: clock.now(), by, did: "failed to sign in", target: `${path}${since}` };
    // Who guesses is told that the guess is wrong, whether or not there is room to note it.
    await store.accounts.audit(entry).catch((error: unknown) => {
      log.error({ err: error }, "a failed sign-in could not be noted");
    });
  };

  return {
    wasRight: (secret) => right.has(secret),
    look: async (c, secret, look) => {
      const before = looking.get(secret);
      if (before !== undefined) await before.catch(() => undefined);
      if (right.has(secret)) {
        const known = await look();
        if (known !== null) return known;
        right.delete(secret);
      }
      const place = c.get("place");
      // Taken before it is looked at, because many may be looked at at once.
      const waitMs = wrong.take(place);
      if (waitMs > 0)
        throw new AppError(
          "too-many",
          "Too many wrong secrets came from your address. Wait a little, then try again.",
          { retryAfterMs: waitMs },
        );
      const looked = look().finally(() => looking.delete(secret));
      looking.set(secret, looked);
      const found = await looked;
      if (found === null) {
        await tell(place, c.req.path);
        return null;
      }
      wrong.giveBack(place);
      if (right.size >= mostRight) right.clear();
      right.add(secret);
      return found;
    },
  };
};
