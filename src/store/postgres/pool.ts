import { Pool, type PoolClient } from "pg";
import { isAway } from "./plain-error.ts";

/** So many reads at once; writes of one process follow each other on a connection of their own. */
const mostConnections = 8;
const connectMs = 5_000;

export const openPool = (url: string): Pool => {
  const pool = new Pool({
    connectionString: url,
    max: mostConnections,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
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
    await client.query(begin);
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
