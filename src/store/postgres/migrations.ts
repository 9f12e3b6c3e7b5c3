import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import type { ClientBase, Pool, PoolClient } from "pg";
import { AppError } from "#core/errors.ts";
import { taskView, taskViewName } from "#store/task-view.ts";
import { oneAtATime } from "./pool.ts";

/** Made by `npm run db:generate`. */
const folder = fileURLToPath(new URL("../../../drizzle/postgres", import.meta.url));

const updatedAt = `to_char(
    to_timestamp(GREATEST(steps.ended_at, steps.sign_at, steps.started_at) / 1000) AT TIME ZONE 'UTC',
    'YYYY-MM-DD HH24:MI:SS'
  )`;

/**
 * Runs the migrations that this database has not had, all of them or none. Throws AppError("conflict") when a newer Milepost has changed it
 * already, when it is something else's, or when it is not in UTF-8.
 */
export const bringUpToDate = async (pool: Pool): Promise<void> => {
  const newest = readMigrationFiles({ migrationsFolder: folder }).at(-1)?.folderMillis ?? 0;
  await oneAtATime(pool, (client) => change(client, newest));
};

/** Says where all that was here has been moved to: its row is written with the move. */
export const movedAway = "moved_away";

const change = async (client: PoolClient, newest: number): Promise<void> => {
  const to = await movedTo(client);
  if (to !== null)
    throw new AppError(
      "conflict",
      `All that was in this database was moved to ${to}. Start Milepost there, without MILEPOST_DATABASE; to use PostgreSQL again, move it into an empty database.`,
    );
  if ((await lastRun(client)) > newest)
    throw new AppError(
      "conflict",
      "The database was last used by a newer Milepost. Start that one again, or name another database with MILEPOST_DATABASE.",
    );
  await assertOurs(client);
  // Before tables are made anew, and as this version of Milepost has it.
  await client.query(`DROP VIEW IF EXISTS ${taskViewName}`);
  await migrate(drizzle(client), { migrationsFolder: folder, migrationsSchema: "public" });
  await client.query(taskView(updatedAt));
};

/** Before the first of our tables is made: they are made where nothing else is, and can hold every text. */
const assertOurs = async (client: PoolClient): Promise<void> => {
  if ((await lastRun(client)) > 0) return;
  const { rows } = await client.query<{ encoding: string; tables: string[] }>(
    `SELECT current_setting('server_encoding') AS encoding, array(
       SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND relname <> '__drizzle_migrations'
         AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e') ORDER BY relname
     ) AS tables`,
  );
  const { encoding = "", tables = [] } = rows[0] ?? {};
  if (tables.length > 0)
    throw new AppError(
      "conflict",
      `Something else keeps its tables in this database, such as “${tables[0]}”, so nothing was changed in it. Make a database for Milepost alone, and name it with MILEPOST_DATABASE.`,
    );
  if (encoding !== "UTF8")
    throw new AppError(
      "conflict",
      `The database is in ${encoding}, which cannot hold every text. Make one in UTF-8, and name it with MILEPOST_DATABASE: CREATE DATABASE milepost ENCODING 'UTF8' TEMPLATE template0.`,
    );
};

/** Where to all that was in a database has been moved; null: nowhere. */
export const movedTo = async (client: Pick<ClientBase, "query">): Promise<string | null> => {
  const known = await client.query("SELECT to_regclass($1) AS name", [`public.${movedAway}`]);
  if (known.rows[0]?.name === null) return null;
  const { rows } = await client.query(`SELECT "to" FROM public.${movedAway}`);
  return rows[0]?.to ?? null;
};

/** When the newest migration that was run here was generated, in milliseconds since 1970; 0 when none was. */
const lastRun = async (client: PoolClient): Promise<number> => {
  const known = await client.query("SELECT to_regclass('public.__drizzle_migrations') AS name");
  if (known.rows[0]?.name === null) return 0;
  const { rows } = await client.query("SELECT max(created_at) AS at FROM public.__drizzle_migrations");
  return Number(rows[0]?.at ?? 0);
};
