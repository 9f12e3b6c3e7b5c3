import type { Pool } from "pg";
import { newId } from "#core/id.ts";
import type { Store } from "#core/store.ts";
import type { Search } from "#store/dialect.ts";
import { createSqlStore } from "#store/sql-store.ts";
import { openQueries } from "./driver.ts";
import { bringUpToDate } from "./migrations.ts";
import { holdAlone } from "./only-server.ts";
import { plainError } from "./plain-error.ts";
import { openPool } from "./pool.ts";
import { schema } from "./schema.ts";
import { search } from "./search.ts";

export interface PostgresOptions {
  /** postgres://user:password@host:port/database; what PostgreSQL's own programs take. */
  url: string;
  now(): number;
  /** n random bytes. */
  random(n: number): Uint8Array;
  /** Another server works on the database: whoever goes on from here would work beside it. */
  lost?(error: Error): void;
}

/**
 * Opens the store on PostgreSQL and brings its tables up to date. Throws AppError("conflict") when another server uses the same database or
 * a newer Milepost has used it, AppError("store-busy") when it cannot be reached.
 */
export const openPostgresStore = async ({ lost = () => {}, ...options }: PostgresOptions): Promise<Store> => {
  const alone = await holdAlone(options.url, lost).catch((error: unknown) => {
    throw plainError(error);
  });
  const pool = openPool(options.url);
  try {
    await bringUpToDate(pool);
    return storeOn(pool, options, alone.release);
  } catch (error) {
    await pool.end();
    await alone.release();
    throw plainError(error);
  }
};

/** Opens the store of a server that may run, for a program that looks in beside it; its tables are left as they are. */
export const openBeside = async (options: Omit<PostgresOptions, "lost">): Promise<Store> =>
  storeOn(openPool(options.url), options, async () => {});

const storeOn = (
  pool: Pool,
  { now, random }: Pick<PostgresOptions, "now" | "random">,
  release: () => Promise<void>,
): Store => {
  const { db, tx } = openQueries(pool);
  return {
    // What SQLite's search can do is all that is asked of it.
    ...createSqlStore({
      ...{ db, schema, search: search as unknown as Search, tx, now },
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
      await pool.end();
      await release();
    },
  };
};
