import { Pool } from "pg";
import { PgBoss } from "pg-boss";
import { stepsOfNoOps } from "../../engine/no-ops.ts";

/** The three small writes that a change consists of, committed by so many clients at a time; commits a second. */
export const bareCommits = async (url: string, clients: number, commits: number): Promise<number> => {
  const pool = await tables(url, clients);
  let left = commits;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (left-- > 0)
        await pool.query(
          "WITH r AS (UPDATE bare_runs SET version = version + 1 WHERE id = $1), s AS (UPDATE bare_steps SET detail = $2 WHERE id = $1) INSERT INTO bare_events (data) VALUES ($2)",
          [client, `at ${left}`],
        );
    }),
  );
  const perSecond = (commits * 1_000) / (performance.now() - begun);
  await pool.end();
  return perSecond;
};

/** Runs of steps that do nothing as pg-boss alone would have them: a job for each run, and of each step one fenced row in a table of one's own; steps a second. */
export const barePgBoss = async (url: string, runs: number, workers: number): Promise<number> => {
  const pool = await tables(url, workers);
  const boss = new PgBoss({ connectionString: url, schema: "bare_boss", schedule: false, supervise: false });
  boss.on("error", () => undefined);
  await boss.start();
  await boss.createQueue("run");
  const over = Promise.withResolvers<void>();
  let left = runs;
  const work = await boss.work<{ run: number }>(
    "run",
    { localConcurrency: workers, batchSize: 1, pollingIntervalSeconds: 0.5 },
    async ([job]) => {
      for (let step = 0; step < stepsOfNoOps; step += 1)
        await pool.query(
          "WITH fence AS (UPDATE bare_runs SET version = version + 1 WHERE id = $1 AND version = $2 RETURNING id) INSERT INTO bare_done (run, step) SELECT id, $2 FROM fence",
          [job?.data.run, step],
        );
      if (--left === 0) over.resolve();
      boss.notifyWorker(work);
    },
  );
  await pool.query("INSERT INTO bare_runs SELECT n, 0 FROM generate_series(1000, $1::int) n", [999 + runs]);
  const begun = performance.now();
  await boss.insert(
    "run",
    Array.from({ length: runs }, (_, at) => ({ data: { run: 1_000 + at } })),
  );
  boss.notifyWorker(work);
  await over.promise;
  const perSecond = (runs * stepsOfNoOps * 1_000) / (performance.now() - begun);
  await boss.stop({ graceful: false });
  await pool.end();
  return perSecond;
};

const tables = async (url: string, clients: number): Promise<Pool> => {
  const pool = new Pool({ connectionString: url, max: clients });
  await pool.query(
    "DROP TABLE IF EXISTS bare_runs, bare_steps, bare_events, bare_done; CREATE TABLE bare_runs (id int PRIMARY KEY, version int); CREATE TABLE bare_steps (id int PRIMARY KEY, detail text); CREATE TABLE bare_events (n bigserial PRIMARY KEY, data text); CREATE TABLE bare_done (run int, step int, PRIMARY KEY (run, step))",
  );
  await pool.query("INSERT INTO bare_runs SELECT n, 0 FROM generate_series(0, $1::int) n", [clients - 1]);
  await pool.query("INSERT INTO bare_steps SELECT n, '' FROM generate_series(0, $1::int) n", [clients - 1]);
  return pool;
};
