import type { Store } from "#core/store.ts";

/**
 * A store that ends this process at the n-th commit: before it, or right after it. Counted are those that have to do with triggers, and
 * with `ofRuns` all that runs make of themselves too. Nothing that was asked of it then or later is ever answered.
 */
export const dying = (store: Store, n: number, when: "before" | "after", ofRuns = false) => {
  let commits = 0;
  let isDead = false;
  const died = Promise.withResolvers<void>();
  const die = () => {
    isDead = true;
    died.resolve();
    return new Promise<never>(() => {});
  };
  const counted =
    <A extends unknown[], R>(call: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      if (isDead || (++commits === n && when === "before")) return die();
      const isLast = commits === n;
      const done = await call(...given);
      return isLast ? die() : done;
    };
  /** Ends with the process, as far as runs do. */
  const mortal =
    <A extends unknown[], R>(call: (...given: A) => Promise<R>) =>
    (...given: A): Promise<R> =>
      isDead && ofRuns ? die() : call(...given);
  const { triggers } = store;
  const dyingOne: Store = {
    ...store,
    createRun: counted(store.createRun),
    change: ofRuns ? counted(store.change) : mortal(store.change),
    claim: mortal(store.claim),
    beat: mortal(store.beat),
    release: mortal(store.release),
    triggers: { ...triggers, change: counted(triggers.change), record: counted(triggers.record) },
  };
  return { store: dyingOne, died: died.promise };
};
