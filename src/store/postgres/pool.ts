import type { Socket } from "node:net";
import { type ClientBase, Pool, type PoolClient } from "pg";
import { isAway } from "./plain-error.ts";

/** So many reads at once; writes of one process follow each other on a connection of their own. */
const mostConnections = 8;
const connectMs = 5_000;
/** A process that was frozen within a transaction holds up all others no longer than this. */
const mostSilentMs = 5_000;

const direct = new WeakSet<ClientBase | Pool>();
const names = new Map<string, string>();
/** PostgreSQL remembers them for each connection. */
const mostNames = 500;

/** The name under which PostgreSQL keeps a statement of this text for its next use; undefined where a pooler may hand that to another of its processes. */
export const nameOf = (through: ClientBase | Pool, text: string): string | undefined => {
  if (!direct.has(through)) return undefined;
  const there = names.get(text);
  if (there !== undefined || names.size >= mostNames) return there;
  const name = `milepost ${names.size}`;
  names.set(text, name);
  return name;
};

/** Behind a pooler another number is told than that of the process which works, and the next transaction may be another's. */
export const isDirect = async (client: ClientBase): Promise<boolean> => {
  const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
  return rows[0]?.pid === pidOf(client);
};

export const openPool = (url: string): Pool => {
  const pool = new Pool({
    onConnect: async (client) => {
      if (await isDirect(client)) for (const one of [client, pool]) direct.add(one);
    },
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

/** A transaction under way. */
export interface Begun {
  client: PoolClient;
  /** Resolves once its beginning is answered. What changes anything waits for that: were it refused, the change would be kept by itself. */
  began: Promise<unknown>;
  /** Commands that nobody has waited for: it is only committed if all of them succeed. */
  unanswered: Promise<unknown>[];
}

/**
 * Does something within a transaction on a connection of the pool; anything thrown rolls it back. What only reads does not wait for its beginning
 * to be answered, nor for its end: over a network that is most of the time that a page takes.
 */
export const within = async <T>(
  pool: Pool,
  begin: string,
  work: (begun: Begun) => Promise<T>,
  { readsOnly = false } = {},
): Promise<T> => {
  const client = await pool.connect();
  let broken: unknown;
  // Between two queries a connection that breaks says so by itself, and whoever does not listen ends with it.
  const onError = (error: unknown): void => {
    broken = error;
  };
  client.on("error", onError);
  let committing: Promise<unknown> | undefined;
  try {
    sendTogether(client);
    // With its beginning and not with the connection's: PgBouncer lets nobody connect who asks for it there.
    const began = client.query(`${begin}; SET LOCAL idle_in_transaction_session_timeout = ${mostSilentMs}`);
    began.catch(() => {});
    const unanswered: Promise<unknown>[] = [began];
    const value = await work({ client, began, unanswered });
    if (readsOnly) await allOf(unanswered);
    sendTogether(client);
    // Behind a command that failed it rolls back, and says so in no error of its own.
    const committed = client.query("COMMIT");
    if (readsOnly) committing = committed.catch(onError);
    else await allOf([...unanswered, committed]);
    return value;
  } catch (error) {
    broken ??= isAway(error) ? error : undefined;
    if (broken === undefined)
      await client.query("ROLLBACK").catch((again: unknown) => {
        broken = again;
      });
    throw error;
  } finally {
    const release = () => {
      client.off("error", onError);
      client.release(broken !== undefined);
    };
    if (committing === undefined) release();
    else void committing.then(release);
  }
};

/** Throws what failed first once nothing is under way any more: behind it others only say that one did. */
export const allOf = async (answers: readonly Promise<unknown>[]): Promise<void> => {
  for (const one of await Promise.allSettled(answers)) if (one.status === "rejected") throw one.reason;
};

/** What `pg` keeps of a connection for its own use: the socket, and the number of PostgreSQL's process behind it. */
export const streamOf = (client: ClientBase): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream;
export const pidOf = (client: ClientBase): number => (client as unknown as { processID: number }).processID;

/** What is asked over a connection before Node.js turns to something else goes out as one piece, not each query as one of its own. */
export const sendTogether = (client: PoolClient): void => {
  const stream = streamOf(client);
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
};

/** An advisory lock: the letters "MILEPOST" as one number, and one more. */
export const migrationLock = "5569066274804159317";

/**
 * What no two processes do at once, such as making tables: those that start together follow each other. The lock is that of a transaction, since behind
 * a pooler of transactions nothing else stays with whoever took it; the work has a connection of its own.
 */
export const oneAtATime = (pool: Pool, work: (client: PoolClient) => Promise<unknown>): Promise<void> =>
  within(pool, "BEGIN", async ({ client: holder, began }) => {
    await began;
    await holder.query("SET LOCAL idle_in_transaction_session_timeout = 0");
    await holder.query("SELECT pg_advisory_xact_lock($1)", [migrationLock]);
    const client = await pool.connect();
    try {
      await work(client);
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  });
