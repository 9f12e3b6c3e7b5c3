import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { askedBy } from "#apps/runtime/asker.ts";
import { update } from "#apps/runtime/change-rows.ts";
import { prepared, quote } from "#apps/runtime/database.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import { isReferredTo } from "#apps/runtime/failures.ts";
import { findRow, tableOf } from "#apps/runtime/rows.ts";
import { keepingRules, RulesBroken } from "#apps/runtime/rules.ts";
import { entered } from "#apps/runtime/schema.ts";
import type { BulkProgress, Into, TakenBack } from "./bulk-order.ts";
import { dataIn } from "./data-in.ts";
import { countKept, forgetLine, forgetRun, hasKept, type KeptLine, lastKept } from "./kept-lines.ts";
import { batchSize, breathMs } from "./put-lines.ts";

/**
 * Takes back what an import did, the last row first: rows that it added go, rows that it changed get back what they said. Those that somebody changed
 * since, or that others refer to, stay. Cut off, it goes on where it was.
 */
export const takeBack = async (
  db: AppDatabase,
  into: Into,
  tell: (progress: BulkProgress) => void,
): Promise<TakenBack> => {
  const taken: TakenBack = { removed: 0, restored: 0, stayed: 0 };
  if (!hasKept(db)) return taken;
  const { added, changed } = countKept(db, into.run);
  for (let done = 0; ; ) {
    const lines = lastKept(db, into.run, batchSize);
    if (lines.length === 0) {
      // Done again, the import begins with the first line.
      forgetRun(db, into.run);
      return taken;
    }
    db.transaction(() => {
      for (const one of lines) {
        taken[askedBy({ language: null, name: into.by }, () => takenBack(db, into, one))] += 1;
        forgetLine(db, into.run, one.line);
      }
    }).immediate();
    done += lines.length;
    tell({ done, total: added + changed });
    await wait(breathMs);
  }
};

const values = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

const takenBack = (db: AppDatabase, into: Into, { row: id, at, before }: KeptLine): keyof TakenBack => {
  const data = dataIn(db, into);
  const row = findRow(data, into.table, id ?? "");
  if (row === null || row.updated_at !== at) return "stayed";
  try {
    // What fails leaves nothing of itself behind.
    return db.transaction((): keyof TakenBack => {
      if (before === null) {
        keepingRules(data, into.table, row.id, () => {
          prepared(db, `DELETE FROM ${quote(into.table)} WHERE "id" = ?`).run(row.id);
          return null;
        });
        return "removed";
      }
      const columns = entered(tableOf(into.schema, into.table)).map(([column]) => column);
      const said = Object.entries(values.parse(JSON.parse(before)));
      update(data, into.table, row, Object.fromEntries(said.filter(([column]) => columns.includes(column))));
      return "restored";
    })();
  } catch (error) {
    if (isReferredTo(error) || error instanceof RulesBroken) return "stayed";
    throw error;
  }
};
