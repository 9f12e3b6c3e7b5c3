import type { AppDatabase } from "#apps/runtime/dialect.ts";
import type { SqliteApp } from "#apps/runtime/sqlite.ts";

/** The database of an app whose tables are in an SQLite file, with all that SQLite can. */
export const sqliteOf = (db: AppDatabase): SqliteApp => {
  if (db.dialect.word !== "sqlite") throw new Error("This app is not in SQLite.");
  return db as SqliteApp;
};
