import { doErrand } from "#core/errand.ts";
import { copyRows, type TableSum } from "./copy-rows.ts";
import { type AppPlace, openAt } from "./place.ts";
import { createIndexes, createTables } from "./runtime/database.ts";
import type { AppSchema } from "./runtime/schema.ts";
import { openDatabase } from "./runtime/sqlite.ts";

/** What the process that copies an app's rows into an SQLite file is told. */
export interface CopyOrder {
  at: AppPlace;
  schema: AppSchema;
  /** The file, which is not there yet. */
  to: string;
}

/** For a change that is under way. */
const waitMs = 30_000;

doErrand(process, ({ at, schema, to }: CopyOrder): TableSum[] => {
  const from = openAt(at, waitMs);
  const copy = openDatabase(to);
  copy.pragma("foreign_keys = OFF");
  try {
    // Nobody writes meanwhile, so that it is all of one moment.
    return from
      .transaction(() => {
        createTables(copy, schema);
        const sums = copy.transaction(() => copyRows(from, copy, schema, false))();
        createIndexes(copy, schema);
        return sums;
      })
      .immediate();
  } finally {
    copy.close();
    from.close();
  }
});
