import type Database from "better-sqlite3";

/** The newest so many are not over. */
const underWay = 60;

/** The id of the run that was accepted as the nth. */
export const filledId = (n: number): string =>
  `${n.toString(16).padStart(12, "0")}7${n.toString(16).padStart(19, "0")}`;

/**
 * Fills a database with runs, by SQL alone; all but a few are over. Each thousandth is found by "needle", all others
 * by "nightly". Only the newest `whole` have steps, an event and an export, and can be found by words.
 */
export const fillRuns = (
  client: Database.Database,
  many: number,
  { whole = 10_000, eventsEach = 1 } = {},
): void => {
  const trigger = client.prepare("SELECT sql FROM sqlite_schema WHERE name = 'runs_found'").pluck().get();
  client.transaction(() => {
    const older = Math.max(0, many - whole);
    client.exec("DROP TRIGGER runs_found");
    addRuns(client, 1, older, many - underWay);
    client.exec(String(trigger));
    addRuns(client, older + 1, many, many - underWay);
    client
      .prepare(`
      INSERT INTO exports (id, seq, provider, connection_id, org, project, analysis, title, query_hash, status, owner_run_id, created_at, updated_at)
      SELECT 'export-' || seq, seq, 'botify', 'c1', 'acme', 'project', 'analysis', 'Export ' || seq, seq,
        CASE WHEN seq % 4 = 0 THEN 'ready' ELSE 'failed' END, id, 1, 1 FROM runs WHERE seq > ?`)
      .run(older);
    client
      .prepare(`
      INSERT INTO steps (run_id, id, position, kind, title, state, attempt, active_ms, substeps, weight_ms, undoable)
      SELECT runs.id, step.value, step.key, 'do', step.value, 'completed', 1, 100, '[]', 1000, 0
      FROM runs, json_each('["fetch", "save"]') AS step WHERE seq > ?`)
      .run(older);
    client
      .prepare(
        `INSERT INTO events (run_id, n, at, type, data)
        WITH RECURSIVE one (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < :eventsEach)
        SELECT id, n, 1, 'run.created', '{"by":"Ada"}' FROM runs, one WHERE seq > :older`,
      )
      .run({ older, eventsEach });
  })();
};

const addRuns = (client: Database.Database, first: number, last: number, underWay: number): void => {
  client
    .prepare(`
    INSERT INTO runs (id, seq, number, workflow_id, title, subject, state, mode, input, "values", version, last_event, last_log, epoch,
      wake_at, created_at, created_by, started_at, ended_at, changed_at, percent_floor)
    WITH RECURSIVE i (n) AS (SELECT CAST(:first AS INTEGER) UNION ALL SELECT n + 1 FROM i WHERE n < :last)
    SELECT printf('%012x7%019x', n, n), n, n, 'flow-' || (n % 7), 'Flow ' || (n % 7),
      CASE WHEN n % 1000 = 0 THEN 'the needle ' ELSE 'nightly job ' END || n,
      CASE WHEN n > :underWay THEN (CASE n % 3 WHEN 0 THEN 'asking' WHEN 1 THEN 'paused' ELSE 'waiting' END)
        WHEN n % 11 = 0 THEN 'failed' WHEN n % 13 = 0 THEN 'cancelled' ELSE 'completed' END,
      'automatic', '{}', '{}', 3, 1, 0, 1,
      CASE WHEN n > :underWay AND n % 3 = 2 THEN 9000000000000 + n END, n, 'Ada', n, n, n, 0
    FROM i WHERE n <= :last`)
    .run({ first, last, underWay });
};
