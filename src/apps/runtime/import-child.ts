import { randomUUID } from "node:crypto";
import { importCsv } from "./csv-read.ts";
import { openDatabase } from "./database.ts";
import type { ImportOrder, ImportOutcome } from "./import-order.ts";
import { Refusal } from "./refusal.ts";

/** This process has nothing else to do meanwhile. */
const waitMs = 30_000;

const outcomeOf = ({ file, schema, table, text, ...manner }: ImportOrder): ImportOutcome => {
  const db = openDatabase(file);
  try {
    db.pragma(`busy_timeout = ${waitMs}`);
    const clock = { now: () => Date.now(), newId: () => randomUUID() };
    return { done: importCsv({ db, schema, clock }, table, text, manner) };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return { refused: { code: thrown.code, sentence: thrown.message, field: thrown.field } };
  } finally {
    db.close();
  }
};

// The words in which Milepost's errands are told; a downloaded app speaks them too.
process.once("message", (order) => {
  process.send?.({ result: outcomeOf(order as ImportOrder) }, undefined, undefined, () =>
    process.disconnect(),
  );
});
