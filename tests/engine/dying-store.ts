import type { Store } from "#core/store.ts";

/** A store whose process dies when it is told to: from then on nothing answers any more. */
export const mortalStore = (store: Store) => {
  let dead = false;
  const never = new Promise<never>(() => {});
  const guard =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      dead ? never : call(...args);
  const mortal: Store = {
    ...store,
    claim: guard(store.claim),
    beat: guard(store.beat),
    release: guard(store.release),
    nextWake: guard(store.nextWake),
    change: guard(store.change),
  };
  const die = (): Promise<never> => {
    dead = true;
    return never;
  };
  return { store: mortal, die };
};

/** The same, dying by itself at the n-th commit: before it or right after it. */
export const dyingStore = (store: Store, n: number, when: "before" | "after") => {
  const { store: mortal, die } = mortalStore(store);
  let commits = 0;
  const died = Promise.withResolvers<void>();
  const dieNow = () => {
    died.resolve();
    return die();
  };
  const dying: Store = {
    ...mortal,
    change: async (...args: Parameters<Store["change"]>) => {
      const isLast = ++commits === n;
      if (isLast && when === "before") return dieNow();
      const recorded = await mortal.change(...args);
      return isLast ? dieNow() : recorded;
    },
  };
  return { store: dying, died: died.promise };
};
