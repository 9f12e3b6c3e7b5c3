import Database from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import type { Transactions, Tx } from "#store/tx.ts";
import { plainError } from "./plain-error.ts";
import { makePrivateFile } from "./private-file.ts";

/** A path, or ":memory:". */
const isOnDisk = (file: string): boolean => file !== ":memory:";

/** Opens the database so that no acknowledged commit is lost by a power cut, and asserts that it really is so. */
export const openDatabase = (file: string) => {
  // SQLite gives its side files the mode of the database, so that one has to be right before they are made.
  if (isOnDisk(file)) makePrivateFile(file);
  const client = new Database(file);
  try {
    client.pragma("busy_timeout = 5000");
    client.pragma("journal_mode = WAL");
    // better-sqlite3 is built with NORMAL as its default in WAL mode, which may lose the last commits.
    client.pragma("synchronous = FULL");
    client.pragma("foreign_keys = ON");
    assertPragma(client, "journal_mode", isOnDisk(file) ? "wal" : "memory");
    assertPragma(client, "synchronous", 2);
    assertPragma(client, "foreign_keys", 1);
    // SQLite's own knows only the letters of ASCII, so a search for "Été" would miss what is called so.
    client.function("lower", { deterministic: true }, (value) =>
      typeof value === "string" ? value.toLowerCase() : value,
    );
  } catch (error) {
    client.close();
    throw error;
  }
  return { client, db: drizzle(client, { casing: "snake_case" }) };
};

const assertPragma = (client: Database.Database, name: string, wanted: string | number): void => {
  const found = client.pragma(name, { simple: true });
  if (found !== wanted) throw new Error(`SQLite did not accept ${name}=${wanted} but says ${String(found)}.`);
};

/** Drives transactions to their end in one go: what writes within BEGIN IMMEDIATE, what reads within BEGIN DEFERRED. */
export const createTransactions = (client: Database.Database): Transactions => {
  const transaction = client.transaction((work: () => Tx<unknown>): unknown => drive(work()));
  const runner =
    (begin: typeof transaction.immediate) =>
    <T>(work: () => Tx<T>): Promise<T> =>
      patiently(() => begin(work) as T);
  return { read: runner(transaction.deferred), write: runner(transaction.immediate) };
};

/** How long work waits for another program that holds the database, before whoever asked for it is told. */
const mostWaitMs = 4_000;
const againMs = 20;

/** SQLite itself would wait inside the event loop, where nobody is answered meanwhile. */
export const waitOutside = (client: Database.Database): void => void client.pragma("busy_timeout = 0");

/** Does something with the database as soon as no other program holds it. Throws AppError("store-busy"), AppError("disk-full"). */
export const patiently = async <T>(work: () => T): Promise<T> => {
  const until = performance.now() + mostWaitMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      const isHeld = error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
      if (!isHeld || performance.now() >= until) throw plainError(error);
      await new Promise((resolve) => setTimeout(resolve, againMs));
    }
  }
};

const drive = <T>(tx: Tx<T>): T => {
  let next = tx.next();
  while (next.done !== true) {
    const { kind, query, params } = next.value;
    next = tx.next(kind === "rows" ? query.all(params) : query.run(params));
  }
  return next.value;
};
