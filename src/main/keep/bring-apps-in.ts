import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type MovedApp, type MoveOptions, moveApps } from "#apps/move-apps.ts";
import { openLine } from "#apps/postgres/line.ts";
import type { DataFolder } from "#main/data-folder.ts";

/** An advisory lock: nodes that share a data folder and start together follow each other. */
const lock = "7308604759848";
/** For all the rows of all apps, which another node brings in first. */
const waitMs = 600_000;

/** Brings the apps that a data folder has in SQLite into PostgreSQL, where all nodes see them; their folders are set aside. Throws as `moveApps` does. */
export const bringAppsIn = async (
  at: DataFolder,
  database: string,
  { onStay }: Pick<MoveOptions, "onStay"> = {},
): Promise<MovedApp[]> => {
  if (!hasApps(at.apps)) return [];
  const line = openLine(database, waitMs);
  try {
    line.ask([{ sql: `BEGIN; SELECT pg_advisory_xact_lock(${lock})` }]);
    const aside = join(at.before, `apps-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}`);
    return await moveApps({ folder: at.apps }, { database }, Date.now, {
      aside,
      ...(onStay === undefined ? {} : { onStay }),
    });
  } finally {
    line.close();
  }
};

const hasApps = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((name) => !name.startsWith("."));
