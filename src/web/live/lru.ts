/** Remembers the last `size` promises by key; one that fails is forgotten, so that the next one tries again. */
export const createLru = <T>(size: number) => {
  const kept = new Map<string, Promise<T>>();
  return (key: string, make: () => Promise<T>): Promise<T> => {
    const there = kept.get(key);
    if (there !== undefined) {
      kept.delete(key);
      kept.set(key, there);
      return there;
    }
    const making = make();
    kept.set(key, making);
    making.catch(() => kept.delete(key));
    const [oldest] = kept.keys();
    if (kept.size > size && oldest !== undefined) kept.delete(oldest);
    return making;
  };
};
