import type { Store } from "#core/store.ts";

const never = new Promise<never>(() => {});

/**
 * A process that dies at the n-th commit, before it or right after it, or when it is told to: nothing is recorded and nothing leaves it any
 * more.
 */
export const createMortal = (
  store: Store,
  n = Number.POSITIVE_INFINITY,
  when: "before" | "after" = "before",
) => {
  let commits = 0;
  let dead = false;
  /** Calls that were sent: they have their effect over there, whoever sent them is dead by then. */
  const sent: unknown[] = [];
  const died = Promise.withResolvers<"died">();
  const die = () => {
    dead = true;
    died.resolve("died");
    return never;
  };
  const guarded = <T extends object>(thing: T): T =>
    new Proxy(thing, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (dead) return never;
          const call: unknown = Reflect.apply(value, target, args);
          sent.push(call);
          return call;
        };
      },
    });
  const dying: Store = {
    ...guarded(store),
    claim: (...args) => (dead ? never : store.claim(...args)),
    beat: (...args) => (dead ? never : store.beat(...args)),
    release: (...args) => (dead ? never : store.release(...args)),
    nextWake: (...args) => (dead ? never : store.nextWake(...args)),
    change: async (...args) => {
      if (dead) return never;
      commits++;
      if (commits === n && when === "before") return die();
      const recorded = await store.change(...args);
      return commits === n ? die() : recorded;
    },
  };
  return {
    store: dying,
    /** What it speaks with somebody else through. */
    through: guarded,
    /** Dies now. */
    die,
    /** A new process takes longer to start than what was sent takes to arrive. */
    died: died.promise.then(async (how) => {
      await Promise.allSettled(sent);
      return how;
    }),
  };
};
