import type Database from "better-sqlite3";
import { taskView, taskViewName } from "#store/task-view.ts";

const view = taskView(`strftime('%Y-%m-%d %H:%M:%S', MAX(
    COALESCE(steps.ended_at, steps.sign_at, steps.started_at),
    COALESCE(steps.sign_at, steps.started_at, steps.ended_at),
    COALESCE(steps.started_at, steps.ended_at, steps.sign_at)
  ) / 1000, 'unixepoch')`);

/** Takes the view away while tables are made anew, which SQLite refuses to do beneath it. */
export const withoutTaskView = (client: Database.Database): void => {
  client.exec(`DROP VIEW IF EXISTS ${taskViewName}`);
};

/** Makes the view as this version of Milepost has it; nothing is written where it stands already. */
export const withTaskView = (client: Database.Database): void => {
  const found = client
    .prepare("SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?")
    .get(taskViewName);
  if ((found as { sql: string } | undefined)?.sql === view) return;
  withoutTaskView(client);
  client.exec(view);
};
