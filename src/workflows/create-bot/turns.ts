import { setTimeout as wait } from "node:timers/promises";

/** Who has a machine's gateway to themselves, one after the other. */
export interface Turns {
  /** Runs `work` when it is its turn; `waiting` is told each second behind whom it waits and for how long already. */
  take<T>(machine: string, turn: Turn, work: () => Promise<T>): Promise<T>;
}

interface Turn {
  /** For those who wait behind it. */
  who: string;
  signal: AbortSignal;
  waiting(behind: string, forS: number): void;
}

const lookEveryMs = 1_000;

export const createTurns = (): Turns => {
  const queues = new Map<string, Turn[]>();
  return {
    take: async (machine, asked, work) => {
      const turn = { ...asked };
      const queue = queues.get(machine) ?? [];
      queues.set(machine, queue);
      queue.push(turn);
      const since = performance.now();
      try {
        for (let first = queue[0]; first !== turn && first !== undefined; first = queue[0]) {
          turn.waiting(first.who, Math.round((performance.now() - since) / 1_000));
          await wait(lookEveryMs, undefined, { signal: turn.signal });
        }
        return await work();
      } finally {
        queue.splice(queue.indexOf(turn), 1);
        if (queue.length === 0) queues.delete(machine);
      }
    },
  };
};
