import { Pool, type PoolClient } from "pg";
import { isAway } from "./plain-error.ts";

/** So many reads at once; writes of one process follow each other on a connection of their own. */
const mostConnections = 8;
const connectMs = 5_000;
/** A process that was frozen within a transaction holds up all others no longer than this. */
const mostSilentMs = 5_000;

export const openPool = (url: string): Pool => {
  const pool = new Pool({
    connectionString: url,
    max: mostConnections,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    // Commands that nobody waits for follow each other on the wire.
    pipeline: true,
    application_name: "milepost",
  });
  // A connection that breaks while nobody uses it is replaced by the next one.
  pool.on("error", () => {});
  return pool;
};

/** Does something within a transaction on a connection of the pool; anything thrown rolls it back. */
export const within = async <T>(
  pool: Pool,
  begin: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> => {
  const client = await pool.connect();
  let broken: unknown;
  // Between two queries a connection that breaks says so by itself, and whoever does not listen ends with it.
  const onError = (error: unknown): void => {
    broken = error;
  };
  client.on("error", onError);
  try {
    // With its beginning and not with the connection's: PgBouncer lets nobody connect who asks for it there.
    await client.query(`${begin}; SET LOCAL idle_in_transaction_session_timeout = ${mostSilentMs}`);
    const value = await work(client);
    await client.query("COMMIT");
    return value;
  } catch (error) {
    broken ??= isAway(error) ? error : undefined;
    if (broken === undefined)
      await client.query("ROLLBACK").catch((again: unknown) => {
        broken = again;
      });
    throw error;
  } finally {
    client.off("error", onError);
    client.release(broken !== undefined);
  }
};

/** An advisory lock: the letters "MILEPOST" as one number, and one more. */
export const migrationLock = "5569066274804159317";

/** What no two processes do at once, such as making tables: those that start together follow each other. */
export const oneAtATime = async (
  pool: Pool,
  work: (client: PoolClient) => Promise<unknown>,
): Promise<void> => {
  const client = await pool.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [migrationLock]);
    await work(client);
    await client.query("SELECT pg_advisory_unlock($1)", [migrationLock]);
    client.release();
  } catch (error) {
    // The lock goes with the connection.
    client.release(true);
    throw error;
  }
};
