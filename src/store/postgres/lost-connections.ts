import { Client, type Pool, type PoolClient } from "pg";
import { pidOf, streamOf } from "./pool.ts";

/** What is not answered for so long is looked into. */
const patienceMs = 5_000;
const answersWithinMs = 4_000;
const lookEveryMs = 1_000;

/**
 * Ends the connections of a pool on which nobody will answer any more, so that whoever waits there is told and may ask anew: the machine of
 * PostgreSQL is gone, or whatever stands between forgot them, and the system would wait for a quarter of an hour. What takes long is left to
 * go on: PostgreSQL itself is asked, on a connection of its own, whether it works on it. Gives the pool back.
 */
export const endLost = (pool: Pool, url: string): Pool => {
  const waiting = new Map<PoolClient, number>();
  let timer: NodeJS.Timeout | undefined;
  let looking = false;

  const lateOnes = () => [...waiting].filter(([, since]) => performance.now() - since > patienceMs);
  const look = async (): Promise<void> => {
    const late = lateOnes();
    if (late.length === 0) return;
    const atWork = await pidsAtWork(url);
    // Of those that came to wait meanwhile PostgreSQL was not asked, unless it answers nobody.
    for (const [client, since] of atWork === null ? lateOnes() : late)
      if (waiting.get(client) === since && (atWork === null || !atWork(pidOf(client))))
        streamOf(client).destroy();
  };
  const watch = (): void => {
    timer ??= setInterval(() => {
      if (waiting.size === 0) {
        clearInterval(timer);
        timer = undefined;
      } else if (!looking) {
        looking = true;
        void look().finally(() => {
          looking = false;
        });
      }
    }, lookEveryMs).unref();
  };

  pool.on("connect", (client) => {
    const ask = client.query.bind(client) as (...asked: unknown[]) => unknown;
    client.query = ((...asked: unknown[]) => {
      if (!waiting.has(client)) waiting.set(client, performance.now());
      watch();
      return ask(...asked);
    }) as typeof client.query;
    streamOf(client).on("data", () => {
      if (waiting.has(client)) waiting.set(client, performance.now());
    });
    client.on("drain", () => waiting.delete(client));
    client.on("end", () => waiting.delete(client));
  });
  return pool;
};

/** Which of its processes PostgreSQL has at work for us; null when it does not answer. Behind a pooler nobody knows, and all of them may be. */
const pidsAtWork = async (url: string): Promise<((pid: number) => boolean) | null> => {
  const client = new Client({
    connectionString: url,
    application_name: "milepost (look)",
    connectionTimeoutMillis: answersWithinMs,
    query_timeout: answersWithinMs,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number; own: number }>(
      `SELECT pid, pg_backend_pid() AS own FROM pg_stat_activity
       WHERE pid = pg_backend_pid() OR (datname = current_database() AND usename = current_user AND state = 'active')`,
    );
    const isDirect = rows[0]?.own === pidOf(client);
    const pids = new Set(rows.map(({ pid }) => pid));
    return (pid) => !isDirect || pids.has(pid);
  } catch {
    return null;
  } finally {
    client.end().catch(() => {});
  }
};
