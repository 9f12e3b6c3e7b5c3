import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { ConnectionWord, LineAnswer, LineOrder, LineQuestion } from "./line-thread.ts";

/** A connection to PostgreSQL that is asked and answers on the spot, as SQLite does: a thread of its own speaks with the server meanwhile. */
export interface Line {
  /**
   * Asks all of these in one go, and gives what came of the last one that has values, or of the very last. `on`: the connection that it must still be.
   * Throws LineError.
   */
  ask(questions: readonly LineQuestion[], on?: ConnectionWord): LineAnswer & { rows: unknown[][] };
  close(): void;
}

/** What PostgreSQL refused, with its code; or “away”: it was not reached, or did not answer in time. */
export class LineError extends Error {
  override readonly name = "LineError";
  readonly code: string;
  /** What it is about, where it says so. */
  readonly table: string | undefined;
  constructor(message: string, code: string, table?: string) {
    super(message);
    this.code = code;
    this.table = table;
  }
}

/** Nothing of an app's may take longer; whoever answers people is held up so long at most. */
const usualLimitMs = 20_000;

/** Until the thread runs, which rings once when it does. */
const startMs = 20_000;

export const openLine = (address: string, limitMs = usualLimitMs): Line => {
  const rung = new Int32Array(new SharedArrayBuffer(4));
  const { port1: here, port2: there } = new MessageChannel();
  const thread = new Worker(new URL("./line-thread.ts", import.meta.url), {
    workerData: { address, rung, port: there },
    transferList: [there],
  });
  thread.unref();
  here.unref();
  let asked = 0;

  const answerTo = (id: number): LineAnswer => {
    const until = performance.now() + limitMs;
    for (;;) {
      const before = Atomics.load(rung, 0);
      for (let got = receiveMessageOnPort(here); got !== undefined; got = receiveMessageOnPort(here)) {
        const answer = got.message as LineAnswer;
        // One that came too late belongs to nobody.
        if (answer.id === id) return answer;
      }
      const left = until - performance.now();
      if (left <= 0 || Atomics.wait(rung, 0, before, left) === "timed-out") {
        here.postMessage({ id: 0, drop: true } satisfies LineOrder);
        throw new LineError("The database did not answer in time.", "away");
      }
    }
  };

  return {
    ask: (questions, on) => {
      // Only the database is held against a clock.
      Atomics.wait(rung, 0, 0, startMs);
      const id = ++asked;
      here.postMessage({ id, questions, on } satisfies LineOrder);
      const answer = answerTo(id);
      const { failed, rows } = answer;
      if (failed !== undefined) throw new LineError(failed.message, failed.code, failed.table);
      return { ...answer, rows: rows ?? [] };
    },
    close: () => {
      here.close();
      void thread.terminate();
    },
  };
};
