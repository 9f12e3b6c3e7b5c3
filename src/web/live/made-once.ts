interface Kept<T> {
  version: string | number;
  made: Promise<T>;
  /** 0 while it is being made. */
  weight: number;
}

/**
 * Remembers the newest version of each subject, made once however many ask for it and out of the one before it; what fails is forgotten,
 * so that the next one tries again. When all together weigh more than `mostWeight`, those go that nobody has asked for the longest.
 * `serves`: whether the version that is kept is good for somebody who asks for another one.
 */
export const createMadeOnce = <T>(
  mostWeight: number,
  weigh: (made: T) => number,
  serves = (kept: string | number, asked: string | number) => kept === asked,
) => {
  const kept = new Map<string, Kept<T>>();
  let weight = 0;
  const forget = (subject: string, one: Kept<T>) => {
    if (kept.get(subject) !== one) return;
    kept.delete(subject);
    weight -= one.weight;
  };
  const settle = (subject: string, one: Kept<T>, made: T) => {
    if (kept.get(subject) !== one) return;
    one.weight = weigh(made);
    weight += one.weight;
    for (const [name, other] of kept) {
      if (weight <= mostWeight) return;
      if (other.weight > 0) forget(name, other);
    }
  };
  return (
    subject: string,
    version: string | number,
    make: (before?: Promise<T>) => Promise<T>,
  ): Promise<T> => {
    const there = kept.get(subject);
    if (there !== undefined && serves(there.version, version)) {
      kept.delete(subject);
      kept.set(subject, there);
      return there.made;
    }
    if (there !== undefined) forget(subject, there);
    const one: Kept<T> = { version, made: make(there?.made), weight: 0 };
    kept.set(subject, one);
    one.made.then(
      (made) => settle(subject, one, made),
      () => forget(subject, one),
    );
    return one.made;
  };
};
