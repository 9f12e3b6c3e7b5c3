import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type Database from "better-sqlite3";
import { newId } from "#core/id.ts";
import type { Store } from "#core/store.ts";
import { createSqlStore } from "#store/sql-store.ts";
import { createCheckpoints, createTransactions, openDatabase, patiently, settleDown } from "./driver.ts";
import { assertUpToDate, bringUpToDate, migrationsFolder as ours } from "./migrations.ts";
import { holdAlone } from "./only-server.ts";
import { isFailedSync, plainError } from "./plain-error.ts";
import { createSameFileCheck, FileReplaced, setLogAside } from "./same-file.ts";
import { schema } from "./schema.ts";
import { search } from "./search.ts";
import { spaceIn } from "./space.ts";

export interface SqliteOptions {
  file: string;
  now(): number;
  /** n random bytes. */
  random(n: number): Uint8Array;
  migrationsFolder?: string;
  /** Where the database is saved as it was before its tables are changed; none: nowhere. */
  savedBefore?: string;
  /** A sync of the disk failed, or the file was taken away: whoever goes on from here would promise what may not be kept. */
  diskFailed?(error: Error): void;
}

/**
 * Opens the store on SQLite and brings its tables up to date. A folder that it makes, and all its files, are for this user only.
 * Throws AppError("conflict") when another server uses the same file or a newer Milepost has used it, AppError("disk-full").
 */
export const openSqliteStore = async (options: SqliteOptions): Promise<Store> => {
  const { file, migrationsFolder = ours } = options;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const alone = holdAlone(file);
  try {
    const { client, db } = openDatabase(file);
    try {
      bringUpToDate(client, migrationsFolder, options.savedBefore);
      return storeOn({ client, db, release: () => alone.release() }, options);
    } catch (error) {
      client.close();
      throw error;
    }
  } catch (error) {
    alone.release();
    throw plainError(error);
  }
};

/**
 * Opens the store of a server that runs, for a program that looks in beside it; its tables are left as they are. Throws
 * AppError("conflict") when that server is of another version.
 */
export const openBeside = (options: Omit<SqliteOptions, "migrationsFolder" | "savedBefore">): Store => {
  const { client, db } = openDatabase(options.file);
  try {
    assertUpToDate(client, ours);
    return storeOn({ client, db, release: () => {} }, options);
  } catch (error) {
    client.close();
    throw plainError(error);
  }
};

interface Opened extends ReturnType<typeof openDatabase> {
  release(): void;
}

/** The store over a database that is open and up to date. */
export const storeOn = (
  { client, db, release }: Opened,
  { now, random, diskFailed }: Pick<SqliteOptions, "now" | "random" | "diskFailed">,
): Store => {
  settleDown(client);
  const failed = (error: unknown): void => {
    const isReplaced = error instanceof FileReplaced;
    if (isReplaced) setLogAside(client.name);
    if (isReplaced || isFailedSync(error)) diskFailed?.(error);
  };
  const doing = async <T>(work: () => T): Promise<T> => {
    try {
      return await patiently(work);
    } catch (error) {
      failed(error);
      throw error;
    }
  };
  const { written } = createCheckpoints(client, failed);
  const prove = createSameFileCheck(client);
  const tx = createTransactions(client, { prove, committed: written, failed });
  return {
    ...createSqlStore({ db, schema, search, tx, now, isShared: false, newId: () => newId(now(), random) }),
    ...spaceIn(client, written, doing),
    healthy: () =>
      doing(() => {
        proveWritable(client);
        prove();
      }),
    close: async () => {
      tx.flush();
      client.close();
      release();
    },
  };
};

/** Commits a write that changes nothing: only a commit shows that the disk still takes one. */
const proveWritable = (client: Database.Database): void => {
  const version = client.pragma("user_version", { simple: true });
  client.pragma(`user_version = ${Number(version)}`);
};
