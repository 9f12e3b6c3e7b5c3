import { randomUUID } from "node:crypto";
import { importCsv } from "./csv-read.ts";
import type { AppDatabase } from "./dialect.ts";
import type { ImportOrder, ImportOutcome } from "./import-order.ts";
import { Refusal } from "./refusal.ts";

/** This process has nothing else to do meanwhile. */
const waitMs = 30_000;

/** What a process that imports does: it waits for its order, opens the app's tables, imports, tells how it ended, and ends. */
export const answerImport = <At>(open: (at: At, waitMs: number) => AppDatabase): void => {
  // The words in which Milepost's errands are told; a downloaded app speaks them too.
  process.once("message", (order) => {
    process.send?.({ result: outcomeOf(open, order as ImportOrder<At>) }, undefined, undefined, () =>
      process.disconnect(),
    );
  });
};

const outcomeOf = <At>(
  open: (at: At, waitMs: number) => AppDatabase,
  { at, schema, table, text, ...manner }: ImportOrder<At>,
): ImportOutcome => {
  const db = open(at, waitMs);
  try {
    const clock = { now: () => Date.now(), newId: () => randomUUID() };
    return { done: importCsv({ db, schema, clock }, table, text, manner) };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return { refused: { code: thrown.code, sentence: thrown.message, field: thrown.field } };
  } finally {
    db.close();
  }
};
