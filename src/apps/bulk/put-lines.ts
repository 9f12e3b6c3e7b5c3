import { setTimeout as wait } from "node:timers/promises";
import { askedBy } from "#apps/runtime/asker.ts";
import { linesInto, type Put } from "#apps/runtime/csv-lines.ts";
import {
  eachOnce,
  ignoredIn,
  keyIn,
  refuseUnfit,
  type Target,
  targetsOf,
  targetWord,
} from "#apps/runtime/csv-targets.ts";
import { keptIf, prepared, quote } from "#apps/runtime/database.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import { tableOf } from "#apps/runtime/rows.ts";
import type { BulkProgress, Into, Mapping, Tried } from "./bulk-order.ts";
import { type CsvSource, type FileLooked, linesOf } from "./csv-file.ts";
import { dataIn } from "./data-in.ts";
import { countKept, keepLine, prepareKept } from "./kept-lines.ts";

/** Each batch is one commit; others change rows between them. */
export const batchSize = 500;
export const breathMs = 10;
/** So many rows tell how a file fits, within a moment. */
const mostTried = 2_000;
const mostTold = 20;

interface Settled {
  targets: Target[];
  put(cells: readonly string[]): Put;
}

/** Looks what would come of the first rows, and keeps nothing of it. Throws Refusal. */
export const tryLines = async (
  db: AppDatabase,
  file: CsvSource,
  looked: FileLooked,
  into: Into,
  mapping: Mapping,
): Promise<Tried> => {
  const all = targetsOf(tableOf(into.schema, into.table), cellsOf(looked), mapping.map ?? undefined);
  const targets = eachOnce(all);
  const tried: Tried = {
    columns: looked.heading.map((heading, at) => ({ heading, target: targetWord(targets[at]) })),
    ignored: ignoredIn(cellsOf(looked), targets),
    ...{ looked: 0, changed: 0, wrong: 0, problems: [], first: looked.first },
  };
  if (!targets.some((one) => one !== undefined && one.column !== "id")) return tried;
  const lines: { line: number; cells: string[] }[] = [];
  for await (const one of linesOf(file, looked.layout)) if (lines.push(one) === mostTried) break;
  // Trying it is the only check that also sees rows that contradict each other.
  return keptIf(db, () => {
    const { put } = settled(db, looked, into, mapping, targets);
    for (const { line, cells } of lines) {
      const found = put(cells);
      tried.looked += 1;
      if ("wrong" in found) {
        tried.wrong += 1;
        if (tried.problems.length < mostTold) tried.problems.push(`Row ${line}: ${found.wrong.join(" ")}`);
      } else if (found.before !== null) tried.changed += 1;
    }
    return { found: tried, isKept: false };
  });
};

/**
 * Puts all rows of a file into a table, those that are wrong aside, and keeps of each in the same commit what became of it. Done again after it
 * was cut off, it goes on behind the last line that was kept. Throws Refusal.
 */
export const addLines = async (
  db: AppDatabase,
  file: CsvSource,
  looked: FileLooked,
  into: Into,
  mapping: Mapping,
  tell: (progress: BulkProgress) => void,
): Promise<void> => {
  prepareKept(db);
  const { put } = settled(db, looked, into, mapping);
  const { last } = countKept(db, into.run);
  const updatedAt = prepared(db, `SELECT "updated_at" FROM ${quote(into.table)} WHERE "id" = ?`).pluck();
  let batch: { line: number; cells: string[] }[] = [];
  let done = 0;
  const commit = () =>
    db
      .transaction(() => {
        for (const { line, cells } of batch) {
          const found = put(cells);
          const isWrong = "wrong" in found;
          const before = isWrong || found.before === null ? null : JSON.stringify(found.before.values);
          keepLine(db, into.run, {
            ...{ line, before },
            row: isWrong ? null : found.id,
            at: isWrong ? null : String(updatedAt.get(found.id)),
            wrong: isWrong
              ? JSON.stringify([...looked.heading.map((_, at) => cells[at] ?? ""), found.wrong.join(" ")])
              : null,
          });
        }
      })
      .immediate();
  for await (const one of linesOf(file, looked.layout)) {
    done += 1;
    if (one.line <= last || batch.push(one) < batchSize) continue;
    commit();
    batch = [];
    tell({ done, total: looked.rows });
    await wait(breathMs);
  }
  commit();
};

const settled = (
  db: AppDatabase,
  looked: FileLooked,
  into: Into,
  { map, key }: Mapping,
  targets = targetsOf(tableOf(into.schema, into.table), cellsOf(looked), map ?? undefined),
): Settled => {
  const table = tableOf(into.schema, into.table);
  refuseUnfit(table, looked, targets);
  const by = keyIn(table, key ?? undefined, targets);
  const put = linesInto(dataIn(db, into), into.table, { ...cellsOf(looked), targets, by });
  return { targets, put: (cells) => askedBy({ language: null, name: into.by }, () => put(cells)) };
};

const cellsOf = ({ heading, rows, kinds }: FileLooked) => ({
  ...{ heading, rows },
  cells: (at: number) => kinds[at] ?? [],
});
