import type { Pool } from "pg";
import type { Clock } from "#core/clock.ts";
import { newId } from "#core/id.ts";
import type { Store } from "#core/store.ts";
import type { Search } from "#store/dialect.ts";
import { createSqlStore } from "#store/sql-store.ts";
import { openDatabaseClock } from "./database-clock.ts";
import { openQueries } from "./driver.ts";
import { endLost } from "./lost-connections.ts";
import { bringUpToDate } from "./migrations.ts";
import { plainError } from "./plain-error.ts";
import { openPool } from "./pool.ts";
import { schema } from "./schema.ts";
import { search } from "./search.ts";
import type { Queue } from "./writer.ts";

export interface PostgresOptions {
  /** postgres://user:password@host:port/database; what PostgreSQL's own programs take. */
  url: string;
  now(): number;
  /** n random bytes. */
  random(n: number): Uint8Array;
}

/**
 * Opens the store on PostgreSQL and brings its tables up to date. Several processes may. Throws AppError("conflict") when a newer Milepost has
 * used it, AppError("store-busy") when it cannot be reached.
 */
export const openPostgresStore = async ({ url, ...options }: PostgresOptions): Promise<Store> => {
  const pool = await openUpToDate(url);
  return storeOn(pool, options);
};

/**
 * Opens the store of a server that may run, for a program that looks in beside it, and the clock that all go by; tables are left as they are.
 * Throws AppError("store-busy").
 */
export const openBeside = async ({
  url,
  random,
}: Omit<PostgresOptions, "now">): Promise<{ store: Store; clock: Clock }> => {
  const pool = openPool(url);
  try {
    const clock = await openDatabaseClock(pool);
    const store = storeOn(pool, { now: clock.now, random });
    const close = async (): Promise<void> => {
      clock.close();
      await store.close();
    };
    return { store: { ...store, close }, clock };
  } catch (error) {
    await pool.end();
    throw plainError(error);
  }
};

/** Whether a server is using this database now. */
export const isInUse = async (url: string): Promise<boolean> => {
  const pool = openPool(url);
  try {
    const { rows } = await pool.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'milepost node %' LIMIT 1",
    );
    return rows.length > 0;
  } finally {
    await pool.end();
  }
};

export const openUpToDate = async (url: string): Promise<Pool> => {
  const pool = endLost(openPool(url), url);
  try {
    await bringUpToDate(pool);
    return pool;
  } catch (error) {
    await pool.end();
    throw plainError(error);
  }
};

export const storeOn = (
  pool: Pool,
  { now, random, queue = null }: Omit<PostgresOptions, "url"> & { queue?: Queue | null },
): Store => {
  const { db, tx } = openQueries(pool, queue);
  return {
    // What SQLite's search can do is all that is asked of it.
    ...createSqlStore({
      ...{ db, schema, search: search as unknown as Search, tx, now, isShared: true },
      newId: () => newId(now(), random),
    }),
    space: async () => {
      const { rows } = await pool.query("SELECT pg_database_size(current_database()) AS bytes");
      return { bytes: Number(rows[0]?.bytes), unusedBytes: 0, givesBack: false };
    },
    // PostgreSQL cleans up by itself.
    giveBack: async () => 0,
    // Takes a number of a transaction, which only a database that may be written to gives.
    healthy: async () => {
      try {
        await pool.query("SELECT pg_current_xact_id()");
      } catch (error) {
        throw plainError(error);
      }
    },
    close: async () => {
      await tx.flush();
      // As often as one likes, as with SQLite.
      if (!pool.ending) await pool.end();
    },
  };
};
