import Database from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import type { Query, Transactions, Tx } from "#store/tx.ts";
import { plainError } from "./plain-error.ts";
import { makePrivateFile } from "./private-file.ts";
import { againMs, createWriter, mostWaitMs } from "./writer.ts";

/** A path; ":memory:", or what a database in memory held, for tests. */
type Place = string | Buffer;

const isOnDisk = (place: Place): place is string => typeof place === "string" && place !== ":memory:";

/** Opens the database so that no acknowledged commit is lost by a power cut, and asserts that it really is so. */
export const openDatabase = (place: Place) => {
  // SQLite gives its side files the mode of the database, so that one has to be right before they are made.
  if (isOnDisk(place)) makePrivateFile(place);
  const client = new Database(place);
  try {
    client.pragma("busy_timeout = 5000");
    // Only a database that has nothing in it yet takes this, and others would be written to; older ones give nothing back until they are
    // compacted.
    if (client.pragma("page_count", { simple: true }) === 0) client.pragma("auto_vacuum = INCREMENTAL");
    client.pragma("journal_mode = WAL");
    // better-sqlite3 is built with NORMAL as its default in WAL mode, which may lose the last commits.
    client.pragma("synchronous = FULL");
    client.pragma("foreign_keys = ON");
    assertPragma(client, "journal_mode", isOnDisk(place) ? "wal" : "memory");
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
  return { client, db: drizzle(plannedOnce(client), { casing: "snake_case" }) };
};

/**
 * This SQLite looks, while it plans a statement, at what is bound to `column = ?` and `LIMIT ?`, and plans it anew whenever that may have changed. better-sqlite3
 * unbinds after each use, so it always may: planning took more than half of the time of most lists. A plus sign says the same and keeps the value from the planner.
 */
const plannedOnce = (client: Database.Database): Database.Database =>
  Object.assign(Object.create(client) as Database.Database, {
    prepare: (source: string) => client.prepare(source.replaceAll(/(?<== |limit |offset )\?/g, "+?")),
  });

const assertPragma = (client: Database.Database, name: string, wanted: string | number): void => {
  const found = client.pragma(name, { simple: true });
  if (found !== wanted) throw new Error(`SQLite did not accept ${name}=${wanted} but says ${String(found)}.`);
};

export interface SqliteTransactions extends Transactions {
  /** Commits at once whatever has been asked for. */
  flush(): void;
}

/** Drives transactions to their end in one go: what writes within BEGIN IMMEDIATE, many at a time; what reads within BEGIN DEFERRED. */
export const createTransactions = (
  client: Database.Database,
  after: Parameters<typeof createWriter>[2],
): SqliteTransactions => {
  const { write, flush } = createWriter(client, drive, after);
  const reading = client.transaction((work: () => Tx<unknown>): unknown => drive(work())).deferred;
  return { read: <T>(work: () => Tx<T>) => patiently(() => reading(work) as T), write, flush };
};

/**
 * For a store whose tables are as they should be. SQLite itself would wait for others inside the event loop, where nobody is answered meanwhile.
 * And what it may have to take back of a statement it would write into a file that it makes for it, once a few pages are no longer enough: a new run
 * changes more.
 */
export const settleDown = (client: Database.Database): void => {
  client.pragma("busy_timeout = 0");
  client.pragma("temp_store = MEMORY");
};

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
  while (next.done !== true) next = tx.next(ask(next.value));
  return next.value;
};

const ask = (asked: Query): unknown => {
  switch (asked.kind) {
    case "rows":
      return asked.query.all(asked.params);
    case "all":
      return asked.of.map(ask);
    case "command":
      return (asked.query.run(asked.params) as Database.RunResult).changes;
    case "wake":
      // The times in the table are the queue.
      return undefined;
    default:
      return asked satisfies never;
  }
};

/** About so many pages of SQLite's log as its own checkpoints would wait for: a change writes some five. */
const everyWrites = 200;
/** Should so many pages come at once, SQLite does it by itself. */
const pagesAtMost = 8_000;

/**
 * Copies what is in SQLite's log into the database now and then, after those who wait for a commit were answered. SQLite's own
 * checkpoints keep a sync that failed to themselves, and then go on as if the disk had it all.
 */
export const createCheckpoints = (client: Database.Database, failed: (error: unknown) => void) => {
  client.pragma(`wal_autocheckpoint = ${pagesAtMost}`);
  let writes = 0;
  const checkpoint = () => {
    if (!client.open) return;
    try {
      client.pragma("wal_checkpoint(PASSIVE)");
    } catch (error) {
      failed(error);
    }
  };
  return {
    written: (count: number): void => {
      writes += count;
      if (writes < everyWrites) return;
      writes = 0;
      setImmediate(checkpoint);
    },
  };
};
