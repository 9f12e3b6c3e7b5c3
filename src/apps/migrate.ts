import { alteredSql } from "./altered-tables.ts";
import { isFit, kept } from "./carried.ts";
import { rebuiltSql } from "./rebuilt-tables.ts";
import { quote } from "./runtime/database.ts";
import type { AppDatabase, Dialect } from "./runtime/dialect.ts";
import type { AppSchema } from "./runtime/schema.ts";

/**
 * The SQL statements that turn the tables of one checked schema into those of another, in order; they are run in one transaction. Every name is a
 * checked, quoted identifier and there are no values but numbers, so that the statements can be shown exactly as they run.
 */
export const migrationSql = (
  dialect: Dialect,
  before: AppSchema,
  after: AppSchema,
  copy: string | null = null,
): string[] => {
  const change = { from: kept(before).tables, to: kept(after).tables, copy, dialect };
  return dialect.word === "sqlite" ? rebuiltSql(change) : alteredSql(change);
};

/** Has a database know all that `fitted` will be asked in it, where it cannot find that out by itself. */
export const readyToFit = (
  db: AppDatabase,
  before: AppSchema,
  after: AppSchema,
  copy: string | null = null,
): void => {
  if (db.dialect.learnFits === undefined) return;
  const to = kept(after).tables;
  for (const [name, { columns }] of Object.entries(kept(before).tables))
    for (const [id, column] of Object.entries(columns)) {
      const then = to[name]?.columns[id];
      if (then === undefined) continue;
      const values = (from: string) => `SELECT DISTINCT ${quote(id)} AS value FROM ${from}${quote(name)}`;
      if (!isFit(column, then)) db.dialect.learnFits(db, then, values(""));
      if (copy !== null && !isFit(then, column)) db.dialect.learnFits(db, column, values(`${copy}.`));
    }
};

/** Runs a migration on a database, inside the caller's transaction. */
export const applyMigration = (
  db: AppDatabase,
  from: AppSchema,
  to: AppSchema,
  copy: string | null = null,
): void => {
  readyToFit(db, from, to, copy);
  for (const statement of migrationSql(db.dialect, from, to, copy)) db.exec(statement);
};
