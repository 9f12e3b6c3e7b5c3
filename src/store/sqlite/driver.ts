import Database from "better-sqlite3";
import { type BetterSQLite3Database, drizzle } from "drizzle-orm/better-sqlite3";
import { AppError } from "#core/errors.ts";
import type { RunTx, Tx } from "#store/tx.ts";

export type Db = BetterSQLite3Database<Record<string, never>>;

/** Opens the database so that no acknowledged commit is lost by a power cut, and asserts that it really is so. */
export const openDatabase = (file: string): { client: Database.Database; db: Db } => {
  const client = new Database(file);
  client.pragma("busy_timeout = 5000");
  client.pragma("journal_mode = WAL");
  // better-sqlite3 is built with NORMAL as its default in WAL mode, which may lose the last commits.
  client.pragma("synchronous = FULL");
  client.pragma("foreign_keys = ON");
  const synchronous = client.pragma("synchronous", { simple: true });
  if (synchronous !== 2)
    throw new Error(`SQLite did not accept synchronous=FULL but says ${String(synchronous)}.`);
  return { client, db: drizzle(client, { casing: "snake_case" }) };
};

/** Drives transactions to their end within BEGIN IMMEDIATE; anything thrown rolls back. */
export const createRunTx = (client: Database.Database): RunTx => {
  const immediate = client.transaction((work: () => Tx<unknown>): unknown => {
    const steps = work();
    let next = steps.next();
    while (next.done !== true) {
      const { kind, query, params } = next.value;
      next = steps.next(kind === "rows" ? query.all(params) : query.run(params));
    }
    return next.value;
  }).immediate;
  return async <T>(work: () => Tx<T>): Promise<T> => {
    try {
      return immediate(work) as T;
    } catch (error) {
      throw speak(error);
    }
  };
};

/** Errors of SQLite that a person can do something about, in words. */
const speak = (error: unknown): unknown => {
  if (!(error instanceof Database.SqliteError)) return error;
  if (error.code === "SQLITE_FULL") {
    return new AppError(
      "disk-full",
      "The disk is full, so nothing can be saved. Free some space; nothing that was saved before is lost.",
      {
        cause: error,
      },
    );
  }
  return error;
};
