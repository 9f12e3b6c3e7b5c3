import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";
import { newId } from "#core/id.ts";
import type { Store } from "#core/store.ts";
import { accountTables } from "#store/accounts.ts";
import { changeRun, createRun } from "#store/change.ts";
import { claims } from "#store/claims.ts";
import { connectionTable } from "#store/connections.ts";
import { exportRegistry } from "#store/exports.ts";
import { runReads } from "#store/run-reads.ts";
import { prepareRuns } from "#store/runs.ts";
import { createRunTx, openDatabase } from "./driver.ts";
import { holdAlone } from "./only-server.ts";
import { schema } from "./schema.ts";

export interface SqliteOptions {
  /** A path, or ":memory:" for tests. */
  file: string;
  now(): number;
  random(n: number): Uint8Array;
}

const migrationsFolder = fileURLToPath(new URL("../../../drizzle/sqlite", import.meta.url));

/**
 * Opens the store on SQLite and brings its tables up to date. The folder is readable by this user only.
 * Throws AppError("conflict") when another server uses the same file.
 */
export const openSqliteStore = async ({ file, now, random }: SqliteOptions): Promise<Store> => {
  const inMemory = file === ":memory:";
  if (!inMemory) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const alone = inMemory ? null : holdAlone(file);
  try {
    const { client, db } = openDatabase(file);
    if (!inMemory) chmodSync(file, 0o600);
    migrate(db, { migrationsFolder });
    const tx = createRunTx(client);
    const queries = prepareRuns(db, schema);
    return {
      createRun: (run, steps, events) => tx(() => createRun(queries, run, steps, events)),
      change: (runId, at, decide, fence) => tx(() => changeRun(queries, runId, at, decide, fence)),
      ...claims(db, schema, queries, tx),
      ...runReads(db, schema, queries, tx),
      exports: exportRegistry({ db, schema, tx, now, newId: () => newId(now(), random) }),
      connections: connectionTable(db, schema, tx),
      accounts: accountTables(db, schema, tx),
      healthy: async () => {
        client.exec("BEGIN IMMEDIATE; ROLLBACK");
      },
      close: async () => {
        client.close();
        alone?.release();
      },
    };
  } catch (error) {
    alone?.release();
    throw error;
  }
};
