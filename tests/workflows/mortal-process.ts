import type { Store } from "#core/store.ts";

const never = new Promise<never>(() => {});

/** A process that dies when it is told to: from then on nothing is recorded and nothing leaves it any more. */
export const createMortal = (store: Store) => {
  let dead = false;
  /** Calls that were sent: they have their effect over there, whoever sent them is dead by then. */
  const sent: unknown[] = [];
  const died = Promise.withResolvers<void>();
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
  return {
    store: guarded(store),
    /** What it speaks with somebody else through. */
    through: guarded,
    /** Nothing that waits for this goes on. */
    die: (): Promise<never> => {
      dead = true;
      died.resolve();
      return never;
    },
    /** A new process takes longer to start than what was sent takes to arrive. */
    died: died.promise.then(() => Promise.allSettled(sent)),
  };
};
