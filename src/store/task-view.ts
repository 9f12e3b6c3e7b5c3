/** Where tasks stand, for those who read it by SQL. */
export const taskViewName = "task_progress";

/**
 * A row per step, as `GET /api/tasks/:id/progress` tells it: in the words that all databases have. Each says by itself
 * how `updatedAt`, the newest of three times in milliseconds of which any may be null, is written: "2024-01-15 10:02:30", in UTC.
 */
export const taskView = (updatedAt: string): string => `CREATE VIEW ${taskViewName} AS
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
  ${updatedAt} AS updated_at
FROM steps JOIN runs ON runs.id = steps.run_id`;
