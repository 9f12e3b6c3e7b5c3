/** More than this are not kept in memory; they are read again when asked for. */
const most = 10_000;

/**
 * What secrets stand for, as the tables said last, by their hashes: so that whoever is signed in costs no query. What the tables change is
 * forgotten with the commit. Where other processes change these tables (`isShared`) nothing is remembered.
 */
export interface KnownSecrets<T> {
  /** From memory, else by `read`; null, which is not remembered, when there is no such secret. */
  of(hash: string, read: () => Promise<T | null>): Promise<T | null>;
  /** To be called after each commit that changes one of them, or several (null). */
  forget(id: string | null): void;
}

export const createKnownSecrets = <T extends { id: string }>(isShared = false): KnownSecrets<T> => {
  const known = new Map<string, T>();
  const hashes = new Map<string, string>();
  let changes = 0;
  const drop = (hash: string) => {
    const there = known.get(hash);
    if (there === undefined) return;
    known.delete(hash);
    hashes.delete(there.id);
  };
  return {
    of: async (hash, read) => {
      if (isShared) return read();
      const there = known.get(hash);
      if (there !== undefined) return there;
      const before = changes;
      const found = await read();
      // What was read before a change is told to nobody after it.
      if (found === null || before !== changes) return found;
      known.set(hash, found);
      hashes.set(found.id, hash);
      const [oldest] = known.keys();
      if (known.size > most && oldest !== undefined) drop(oldest);
      return found;
    },
    forget: (id) => {
      changes += 1;
      if (id !== null) return drop(hashes.get(id) ?? "");
      known.clear();
      hashes.clear();
    },
  };
};
