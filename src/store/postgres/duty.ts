import { Client } from "pg";
import type { Log } from "#core/log.ts";
import { isDirect } from "./pool.ts";

/** Which of PostgreSQL's advisory locks is ours: the letters "MILEPOST" as one number. */
const lock = "5569066274804159316";
const lookEveryMs = 1_000;
/** PostgreSQL ends the session of a node that says nothing for so long, a frozen one, and with it the lock. */
const silenceMs = 10_000;

interface DutyOptions {
  url: string;
  /** This node is the one from now on. */
  begin(): Promise<void>;
  /** Another one is, or this one ends. */
  end(): Promise<void>;
  log: Log;
}

/**
 * What exactly one node does at a time. Each stands for it; one holds a lock of its session, and when that one ends, freezes or is cut off, another
 * takes it. Whoever loses the connection stays the one if it is the first to take the lock again.
 */
export const standForDuty = ({ url, begin, end, log }: DutyOptions): { close(): Promise<void> } => {
  let client: Client | null = null;
  let isOnDuty = false;
  let hasLock = false;
  let isPooled = false;
  let lostAt = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<Client> => {
    const fresh = new Client({
      connectionString: url,
      application_name: "milepost (duty)",
      keepAlive: true,
      connectionTimeoutMillis: silenceMs / 2,
      query_timeout: silenceMs / 2,
    });
    const lost = (): void => {
      if (client !== fresh) return;
      client = null;
      hasLock = false;
      lostAt = performance.now();
    };
    fresh.on("error", lost);
    fresh.on("end", lost);
    await fresh.connect();
    isPooled = !(await isDirect(fresh));
    if (!isPooled) await fresh.query(`SET idle_session_timeout = ${silenceMs}`);
    client = fresh;
    return fresh;
  };
  /** Behind a pooler a connection is one's own for as long as a transaction lasts; this one lasts as long as the duty. */
  const take = async (through: Client): Promise<boolean> => {
    if (isPooled) await through.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${silenceMs}`);
    const { rows } = await through.query(
      `SELECT pg_try_advisory_${isPooled ? "xact_" : ""}lock($1) AS taken`,
      [lock],
    );
    const taken = rows[0]?.taken === true;
    if (isPooled && !taken) await through.query("ROLLBACK");
    return taken;
  };
  const look = async (): Promise<void> => {
    const through = client ?? (await connect());
    if (hasLock) await through.query("SELECT 1");
    else hasLock = await take(through);
    if (hasLock && !isOnDuty && !closed) {
      isOnDuty = true;
      log.info({}, "this node starts what is due, notifies people and cleans up from now on");
      try {
        await begin();
      } catch (error) {
        // What did not begin is begun at the next look, here or elsewhere.
        await giveUp();
        throw error;
      }
    }
    if (!hasLock) await giveUp();
  };
  const giveUp = async (): Promise<void> => {
    if (!isOnDuty) return;
    isOnDuty = false;
    await end();
  };
  const lookOn = async (): Promise<void> => {
    try {
      await look();
    } catch (error) {
      const broken = client;
      client = null;
      if (hasLock) lostAt = performance.now();
      hasLock = false;
      broken?.end().catch(() => {});
      if (isOnDuty && performance.now() - lostAt > silenceMs)
        await giveUp().catch((failed: unknown) => log.error({ err: failed }, "a duty did not end well"));
      log.warn({ err: error }, "it is not known which node is on duty");
    }
    if (!closed) timer = setTimeout(() => (looking = lookOn()), lookEveryMs);
  };
  let looking = lookOn();
  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await looking;
      await giveUp();
      await client?.end().catch(() => {});
    },
  };
};
