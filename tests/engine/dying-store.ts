import type { Store } from "#core/store.ts";

/** A store whose process dies at the n-th commit: before it or right after it. From then on nothing answers any more. */
export const dyingStore = (store: Store, n: number, when: "before" | "after") => {
  let commits = 0;
  let dead = false;
  const died = Promise.withResolvers<void>();
  const never = new Promise<never>(() => {});
  const die = () => {
    dead = true;
    died.resolve();
    return never;
  };
  const guard =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      dead ? never : call(...args);
  const dying: Store = {
    ...store,
    claim: guard(store.claim),
    beat: guard(store.beat),
    release: guard(store.release),
    nextWake: guard(store.nextWake),
    change: guard(async (...args: Parameters<Store["change"]>) => {
      commits++;
      if (commits === n && when === "before") return die();
      const recorded = await store.change(...args);
      return commits === n ? die() : recorded;
    }),
  };
  return { store: dying, died: died.promise };
};
