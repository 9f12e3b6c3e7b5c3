/** What the turns of the event loop took of the processor: between two of them, people are answered. */
export interface Turns {
  /** Milliseconds of each, the shortest first. */
  ms: readonly number[];
  /** All of them together, in milliseconds. */
  totalMs: number;
  /** Which part of all the work was done in turns longer than this: as likely does somebody who asks at any moment meet one. */
  shareBeyond(ms: number): number;
}

/** Watches from now on until the function returned is called. Processor time, so that a busy machine changes little. */
export const watchTurns = (): (() => Turns) => {
  const ms: number[] = [];
  let last = process.threadCpuUsage();
  let watching = true;
  const look = () => {
    const { user, system } = process.threadCpuUsage(last);
    last = process.threadCpuUsage();
    ms.push((user + system) / 1_000);
    if (watching) setImmediate(look);
  };
  setImmediate(look);
  return () => {
    watching = false;
    const sum = (of: readonly number[]) => of.reduce((all, one) => all + one, 0);
    const totalMs = sum(ms);
    return {
      ms: ms.toSorted((one, other) => one - other),
      totalMs,
      shareBeyond: (limit) => sum(ms.filter((one) => one > limit)) / totalMs,
    };
  };
};
