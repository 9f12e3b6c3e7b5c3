/**
 * Lets those who ask go on, so many within one turn of the event loop, in the order in which they asked; whatever else waits in the process gets
 * its turn in between.
 */
export const createInTurns = (perTurn: number): (() => Promise<void>) => {
  const waiting: (() => void)[] = [];
  let left = perTurn;
  let isCounting = false;
  const count = () => {
    if (isCounting) return;
    isCounting = true;
    setImmediate(() => {
      isCounting = false;
      const next = waiting.splice(0, perTurn);
      left = perTurn - next.length;
      if (next.length > 0) count();
      for (const goOn of next) goOn();
    });
  };
  return async () => {
    count();
    if (left > 0) left -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
};
