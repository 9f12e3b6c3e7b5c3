/** What is known under a key from now on, and for how long; left out: what was known stays. */
export interface Agreed<V, T> {
  know?: V | null;
  forMs?: number;
  says: T;
}

/** What processes that share a database agree on for a moment. It may be lost at any time; nothing is kept here that must not be. */
export interface Moments {
  /**
   * Lets `decide` say, one process at a time, what is known under a key: it is given what is (null: nothing, or no longer) and the time, and is pure and
   * quick. Gives what it says. Throws AppError("store-busy").
   */
  agree<V, T>(key: string, decide: (known: V | null, now: number) => Agreed<V, T>): Promise<T>;
}
