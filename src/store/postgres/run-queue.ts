import { type ClientBase, DatabaseError, type Pool } from "pg";
import { PgBoss } from "pg-boss";
import type { Log } from "#core/log.ts";
import type { Wake } from "#store/tx.ts";
import { wordOfWork } from "./announcements.ts";
import { type Begun, nameOf, oneAtATime, sendTogether } from "./pool.ts";
import type { Queue } from "./writer.ts";

/** A job says that one run is to be worked on, and nothing else: what is to be done stands in our tables. */
export interface Job {
  id: string;
  retryCount: number;
  runId: string;
}

/** The runs that are to be worked on, as jobs of pg-boss in the same database. Losing all of it loses nothing: see `missing`. */
export interface RunQueue extends Queue {
  /** Jobs that are due, for this process; who does not `touch` them within ten seconds is taken for dead. */
  fetch(most: number): Promise<Job[]>;
  touch(jobs: readonly Job[]): Promise<void>;
  done(jobs: readonly Job[]): Promise<void>;
  /** Puts one in outside of any commit. */
  again(runId: string, at: number): Promise<void>;
  /** Puts in the runs that should be there and are not; gives how many. */
  mend(): Promise<number>;
  close(): Promise<void>;
}

interface RunQueueOptions {
  pool: Pool;
  /** Whether this process works, and so looks after those that died. */
  works: boolean;
  /** Names this process among the others. */
  node: string;
  log: Log;
  now(): number;
  /** Some were put in that are due, by a commit of this process. */
  committed(): void;
  /** Some were put in that are due, and no commit says so to other processes. */
  mended(): void;
}

const name = "run";
const dayS = 86_400;
/** Undefined table, undefined schema, and a function or type that went with it. */
const gone = new Set(["42P01", "3F000", "42883", "42704"]);

/**
 * A run has one job that waits at most (`short`), so a run that is told twice to go on stands in it once. That two jobs never lead to two workers
 * of one run is the claim's doing. The policy that forbids it in the queue too lets a job whose run is at work still hold up all that are fetched
 * with it.
 */
export const openRunQueue = async ({
  pool,
  works,
  node,
  log,
  now,
  committed,
  mended,
}: RunQueueOptions): Promise<RunQueue> => {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values) },
    schema: "pgboss",
    schedule: false,
    supervise: works,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    monitorVacuum: false,
  });
  boss.on("error", (error) => log.warn({ err: error }, "the queue of runs could not be looked after"));
  const db = prepared(pool);
  const begin = (): Promise<void> =>
    oneAtATime(pool, async () => {
      await boss.start();
      await boss.createQueue(name, {
        policy: "short",
        heartbeatSeconds: 10,
        expireInSeconds: dayS - 1,
        // Each worker that dies takes one; a run that is due for years is kept for as long.
        retryLimit: 1_000,
        retentionSeconds: 3_650 * dayS,
        deleteAfterSeconds: 60,
      });
    });
  const { rows: known } = await pool.query("SELECT to_regclass('pgboss.job') AS jobs");
  await begin();
  // Runs came into this database otherwise: from another one, or from a backup without the queue.
  if (known[0]?.jobs === null) await mend(pool, boss, now());

  let mending: Promise<void> | null = null;
  let later: NodeJS.Timeout | undefined;
  /** Somebody took the schema away: it is made anew, with all runs that should be in it. */
  const makeAnew = async (): Promise<void> => {
    log.warn({}, "the queue of runs is not there any more, and is made anew");
    await boss.stop({ graceful: false }).catch(() => {});
    await begin();
    await mend(pool, boss, now());
    mended();
    // What was being committed without the queue meanwhile could not be seen yet.
    later = setTimeout(() => {
      mend(pool, boss, now()).then(mended, () => {});
    }, 2_000);
  };
  const isGone = (error: unknown): boolean => {
    // While it is made anew, what it says of itself means nothing.
    if (mending !== null && !(error instanceof DatabaseError)) return true;
    const is = error instanceof DatabaseError && gone.has(error.code ?? "");
    if (is && mending === null)
      mending = makeAnew()
        .catch((failed: unknown) => log.error({ err: failed }, "the queue of runs could not be made anew"))
        .finally(() => {
          mending = null;
        });
    return is;
  };
  const unlessGone = async <T>(work: () => Promise<T>, otherwise: T): Promise<T> => {
    if (mending !== null) return otherwise;
    try {
      return await work();
    } catch (error) {
      if (isGone(error)) return otherwise;
      throw error;
    }
  };

  return {
    isGone,
    committed,
    put: async (begun, wakes) => {
      if (mending !== null) return;
      await begun.began;
      const at = now();
      await put(boss, wakes, at, prepared(begun.client), unawaited(begun));
      if (wakes.some((one) => one.at <= at)) await unawaited(begun).executeSql(say, wordOfWork(node));
    },
    fetch: (most) =>
      unlessGone(async () => {
        const jobs = await boss.fetch<{ runId: string }>(name, { batchSize: most, db });
        return jobs.map(({ id, retryCount, data }) => ({ id, retryCount, runId: data.runId }));
      }, []),
    touch: (jobs) => unlessGone(async () => void (await boss.touch(name, attempts(jobs), { db })), undefined),
    done: (jobs) =>
      unlessGone(async () => void (await boss.complete(name, attempts(jobs), undefined, { db })), undefined),
    again: (runId, at) => unlessGone(() => put(boss, [{ runId, at, isNew: false }], now(), db), undefined),
    mend: () => unlessGone(() => mend(pool, boss, now()), 0),
    close: async () => {
      await mending;
      clearTimeout(later);
      await boss.stop({ graceful: false });
    },
  };
};

interface Sql {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: { id: string }[] }>;
}

/** What pg-boss asks again and again takes longer to plan than to do: it is planned once for each connection. */
const prepared = (through: Pool | ClientBase): Sql => ({
  executeSql: (text, values) => through.query({ name: nameOf(through, text), text, values }),
});

/** Sends it, and leaves it to whoever commits to wait for it. */
const unawaited = ({ client, unanswered }: Begun): Sql => ({
  executeSql: async (text, values) => {
    sendTogether(client);
    const answer = prepared(client).executeSql(text, values);
    answer.catch(() => {});
    unanswered.push(answer);
    return { rows: [] };
  },
});

const say = "SELECT pg_notify($1, $2)";

const attempts = (jobs: readonly Job[]) => jobs.map(({ id, retryCount }) => ({ id, retryCount }));

/** In the words of pg-boss's own index of what waits, which its `update` does not use: that reads the whole queue, for each run by itself. */
const move = `
  UPDATE pgboss.job AS job SET start_after = to_timestamp(moved.at / 1000)
  FROM unnest($2::text[], $3::float8[]) AS moved (id, at)
  WHERE job.name = $1 AND COALESCE(job.singleton_key, '') = moved.id AND job.state = 'created' AND job.policy = 'short'
  RETURNING job.singleton_key AS id`;

/** What waits already is moved to its new time, which also keeps it from being fetched before this is committed. */
const put = async (boss: PgBoss, wakes: readonly Wake[], now: number, db: Sql, into = db): Promise<void> => {
  const fresh = new Map<string, Wake>();
  const moved = new Map<string, Wake>();
  for (const wake of wakes) {
    if (wake.isNew || fresh.has(wake.runId)) fresh.set(wake.runId, wake);
    else moved.set(wake.runId, wake);
  }
  if (moved.size > 0) {
    const [ids, times] = [[...moved.keys()], [...moved.values()].map(({ at }) => Math.max(at, now))];
    const { rows } = await db.executeSql(move, [name, ids, times]);
    for (const { id } of rows) moved.delete(id);
  }
  for (const [runId, wake] of moved) fresh.set(runId, wake);
  const jobs = [...fresh.values()].map(({ runId, at }) => ({
    data: { runId },
    singletonKey: runId,
    ...(at > now ? { startAfter: new Date(at) } : {}),
  }));
  if (jobs.length > 0) await boss.insert(name, jobs, { db: into });
};

/** So many are found and put in at once. */
const mostMended = 1_000;

const mend = async (pool: Pool, boss: PgBoss, now: number): Promise<number> => {
  let mended = 0;
  for (;;) {
    const some = await mendSome(pool, boss, now);
    mended += some;
    if (some < mostMended) return mended;
  }
};

const mendSome = async (pool: Pool, boss: PgBoss, now: number): Promise<number> => {
  const { rows } = await pool.query<{ id: string; at: string }>(
    `SELECT id, greatest(wake_at, coalesce(claimed_until, 0)) AS at FROM runs
     WHERE wake_at IS NOT NULL AND state IN ('queued', 'running', 'waiting', 'undoing', 'asking')
       AND NOT EXISTS (
         SELECT 1 FROM pgboss.job WHERE name = $1 AND singleton_key = runs.id AND state < 'completed'
       )
     LIMIT $2`,
    [name, mostMended],
  );
  const wakes = rows.map(({ id, at }) => ({ runId: id, at: Number(at), isNew: false }));
  await put(boss, wakes, now, prepared(pool));
  return rows.length;
};
