import type Database from "better-sqlite3";

const name = "task_progress";

/** A row per step, as `GET /api/tasks/:id/progress` tells it: for those who read by SQL where tasks stand. Times are in UTC. */
const view = `CREATE VIEW ${name} AS
SELECT
  steps.run_id AS task_id,
  steps.position + 1 AS step,
  CASE
    WHEN steps.state IN ('completed', 'skipped') THEN 100
    WHEN steps.state IN ('pending', 'asking', 'undone') THEN 0
    ELSE CAST(ROUND(100 * steps.share) AS INTEGER)
  END AS percent,
  CASE
    WHEN runs.state = 'paused' AND steps.state <> 'failed' AND steps.position = (
      SELECT MIN(other.position) FROM steps AS other
      WHERE other.run_id = steps.run_id AND other.state NOT IN ('completed', 'skipped')
    ) THEN 'paused'
    WHEN steps.state = 'waiting' THEN 'running'
    WHEN steps.state = 'asking' THEN 'approval'
    WHEN steps.state = 'undone' THEN 'rolled_back'
    ELSE steps.state
  END AS status,
  strftime('%Y-%m-%d %H:%M:%S', MAX(
    COALESCE(steps.ended_at, steps.sign_at, steps.started_at),
    COALESCE(steps.sign_at, steps.started_at, steps.ended_at),
    COALESCE(steps.started_at, steps.ended_at, steps.sign_at)
  ) / 1000, 'unixepoch') AS updated_at
FROM steps JOIN runs ON runs.id = steps.run_id`;

/** Takes the view away while tables are made anew, which SQLite refuses to do beneath it. */
export const withoutTaskView = (client: Database.Database): void => {
  client.exec(`DROP VIEW IF EXISTS ${name}`);
};

/** Makes the view as this version of Milepost has it; nothing is written where it stands already. */
export const withTaskView = (client: Database.Database): void => {
  const found = client.prepare("SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?").get(name);
  if ((found as { sql: string } | undefined)?.sql === view) return;
  withoutTaskView(client);
  client.exec(view);
};
