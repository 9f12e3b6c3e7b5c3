import type { Client } from "pg";

/** The newest so many are not over. */
const underWay = 60;

/**
 * What `fillRuns` fills a database of SQLite with, for one of PostgreSQL: runs, of which the newest `whole` have steps, an export and so
 * many events. What triggers keep row by row comes at once.
 */
export const fillPostgres = async (
  client: Pick<Client, "query">,
  many: number,
  { whole = 10_000, eventsEach = 1 } = {},
): Promise<void> => {
  const older = Math.max(0, many - whole);
  await client.query("BEGIN; SET LOCAL session_replication_role = replica");
  await client.query(
    `INSERT INTO runs (id, seq, number, workflow_id, title, subject, state, mode, input, "values", version, last_event, last_log, epoch,
      wake_at, created_at, created_by, started_at, ended_at, changed_at, percent_floor)
    SELECT lpad(to_hex(n), 12, '0') || '7' || lpad(to_hex(n), 19, '0'), n, n, 'flow-' || (n % 7), 'Flow ' || (n % 7),
      CASE WHEN n % 1000 = 0 THEN 'the needle ' ELSE 'nightly job ' END || n,
      CASE WHEN n > $2 THEN (CASE n % 3 WHEN 0 THEN 'asking' WHEN 1 THEN 'paused' ELSE 'waiting' END)
        WHEN n % 11 = 0 THEN 'failed' WHEN n % 13 = 0 THEN 'cancelled' ELSE 'completed' END,
      'automatic', '{}', '{}', 3, $3, 0, 1,
      CASE WHEN n > $2 AND n % 3 = 2 THEN 9000000000000 + n END, n, 'Ada', n, n, n, 0
    FROM generate_series(1::bigint, $1::bigint) AS n`,
    [many, many - underWay, eventsEach],
  );
  for (const fill of [
    `INSERT INTO exports (id, seq, provider, connection_id, org, project, analysis, title, query_hash, status, owner_run_id, created_at, updated_at)
    SELECT 'export-' || seq, seq, 'botify', 'c1', 'acme', 'project', 'analysis', 'Export ' || seq, seq,
      CASE WHEN seq % 4 = 0 THEN 'ready' ELSE 'failed' END, id, 1, 1 FROM runs WHERE seq > ${older}`,
    `INSERT INTO steps (run_id, id, position, kind, title, state, attempt, active_ms, substeps, weight_ms, undoable)
    SELECT runs.id, step, place - 1, 'do', step, 'completed', 1, 100, '[]', 1000, false
    FROM runs, unnest(ARRAY['fetch', 'save']) WITH ORDINALITY AS steps (step, place) WHERE seq > ${older}`,
    `INSERT INTO events (run_id, n, at, type, data)
    SELECT id, n, 1, 'run.created', '{"by":"Ada"}' FROM runs, generate_series(1, ${eventsEach}) AS n WHERE seq > ${older}`,
    "INSERT INTO run_counts (state, workflow_id, n) SELECT state, workflow_id, count(*) FROM runs GROUP BY 1, 2",
    `INSERT INTO run_search SELECT seq, lower(title || chr(10) || subject || chr(10) || id), '/' || state || '/' || workflow_id || '/'
    FROM runs WHERE state IN ('completed', 'failed', 'cancelled', 'undone')`,
    `INSERT INTO export_search SELECT seq, lower(title || chr(10) || chr(10) || analysis || chr(10) || org), '/' || status || '/' FROM exports`,
  ])
    await client.query(fill);
  await client.query("COMMIT");
  await client.query("VACUUM ANALYZE");
};
