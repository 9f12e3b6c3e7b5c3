/** SQLite's view of the same name: a row per step, as `GET /api/tasks/:id/progress` tells it. Times are in UTC. */
export const taskView = `CREATE VIEW task_progress AS
SELECT
  steps.run_id AS task_id,
  steps.position + 1 AS step,
  CASE
    WHEN steps.state IN ('completed', 'skipped') THEN 100
    WHEN steps.state IN ('pending', 'asking', 'undone') THEN 0
    ELSE ROUND(100 * steps.share)::integer
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
  to_char(
    to_timestamp(GREATEST(steps.ended_at, steps.sign_at, steps.started_at) / 1000) AT TIME ZONE 'UTC',
    'YYYY-MM-DD HH24:MI:SS'
  ) AS updated_at
FROM steps JOIN runs ON runs.id = steps.run_id`;
