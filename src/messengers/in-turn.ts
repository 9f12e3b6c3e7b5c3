/** Does what belongs to one name one after the other, and what belongs to others beside it. */
export const createInTurn = () => {
  const last = new Map<string, Promise<void>>();
  return (name: string, act: () => Promise<void>): Promise<void> => {
    const before = last.get(name) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(act);
    last.set(name, mine);
    return mine.finally(() => {
      if (last.get(name) === mine) last.delete(name);
    });
  };
};
