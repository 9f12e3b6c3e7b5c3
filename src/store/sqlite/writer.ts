import Database from "better-sqlite3";
import type { RunTx, Tx } from "#store/tx.ts";
import { plainError } from "./plain-error.ts";

/** How long work waits for another program that holds the database, before whoever asked for it is told. */
export const mostWaitMs = 4_000;
export const againMs = 20;
/** So long one transaction takes in more work; then it is committed, and people are answered before the next. */
const longestMs = 4;
/** So many are told of their commit in one turn of the event loop: each goes on at once, and people are answered in between. */
const toldAtOnce = 8;

interface Asked {
  work: () => Tx<unknown>;
  done(value: unknown): void;
  refused(error: unknown): void;
  /** Until when it waits for another program. */
  until: number;
}

export interface Writer {
  /**
   * What is asked for within one turn of the event loop shares a transaction, and so one sync of the disk. Each piece of work is all or
   * nothing by itself, in the order of asking, and is answered only after that sync.
   */
  write: RunTx;
  /** Commits at once whatever has been asked for. */
  flush(): void;
}

/**
 * `drive` does one piece of work; `after` hears how each transaction ended, and how many pieces of work were in it; `prove` throws where nobody may
 * be told that a commit is kept.
 */
export const createWriter = (
  client: Database.Database,
  drive: (tx: Tx<unknown>) => unknown,
  after: { prove(): void; committed(pieces: number): void; failed(error: unknown): void },
): Writer => {
  const begin = client.prepare("BEGIN IMMEDIATE");
  const commit = client.prepare("COMMIT");
  const rollback = client.prepare("ROLLBACK");
  const save = client.prepare("SAVEPOINT one");
  const keep = client.prepare("RELEASE one");
  const undo = client.prepare("ROLLBACK TO one");
  let asked: Asked[] = [];
  const toTell: (() => void)[] = [];
  let cancelFlush: (() => void) | null = null;

  const flushLater = (ms = 0): void => {
    // Whoever is still to be told will ask for more, which is to share the next sync.
    if (asked.length === 0 || cancelFlush !== null || toTell.length > 0) return;
    if (ms > 0) {
      const timer = setTimeout(flush, ms);
      cancelFlush = () => clearTimeout(timer);
    } else {
      const turn = setImmediate(flush);
      cancelFlush = () => clearImmediate(turn);
    }
  };

  /** What the work throws is its own, unless SQLite gave the whole transaction up. */
  const attempt = (one: Asked): { value: unknown } | null => {
    save.run();
    try {
      const value = drive(one.work());
      keep.run();
      return { value };
    } catch (error) {
      if (!client.inTransaction) throw error;
      undo.run();
      keep.run();
      one.refused(plainError(error));
      return null;
    }
  };

  const flush = (): void => {
    cancelFlush?.();
    cancelFlush = null;
    if (asked.length === 0) return;
    const until = performance.now() + longestMs;
    const worked: { one: Asked; value?: unknown }[] = [];
    try {
      begin.run();
      do {
        const one = asked.shift();
        if (one === undefined) break;
        worked.push({ one });
        const came = attempt(one);
        if (came === null) worked.pop();
        else worked.splice(-1, 1, { one, ...came });
      } while (performance.now() < until);
      commit.run();
      after.prove();
    } catch (error) {
      if (client.inTransaction) rollback.run();
      refuse(error, worked.length > 0 ? worked.map(({ one }) => one) : asked.splice(0));
      return;
    }
    toTell.push(
      ...worked.map(
        ({ one, value }) =>
          () =>
            one.done(value),
      ),
    );
    tell();
    after.committed(worked.length);
  };

  const tell = (): void => {
    for (const told of toTell.splice(0, toldAtOnce)) told();
    if (toTell.length > 0) setImmediate(tell);
    else flushLater();
  };

  /** While another program holds the database, work waits for it, outside of the event loop; any other refusal is told. */
  const refuse = (error: unknown, refused: readonly Asked[]): void => {
    const isHeld = error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
    const now = performance.now();
    const waiting = isHeld ? refused.filter(({ until }) => now < until) : [];
    for (const one of refused) if (!waiting.includes(one)) one.refused(plainError(error));
    asked = [...waiting, ...asked];
    flushLater(waiting.length > 0 ? againMs : 0);
    if (!isHeld) after.failed(error);
  };

  return {
    write: <T>(work: () => Tx<T>): Promise<T> =>
      new Promise<T>((resolve, refused) => {
        const until = performance.now() + mostWaitMs;
        asked.push({ work, done: (value) => resolve(value as T), refused, until });
        flushLater();
      }),
    flush,
  };
};
