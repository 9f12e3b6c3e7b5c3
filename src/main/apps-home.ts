import type { AppsHome } from "#apps/open-apps.ts";
import type { Log } from "#core/log.ts";
import type { DataFolder } from "./data-folder.ts";

/** Where the generated apps of a server are: where its runs are. Those that it had in files before are brought to the others. */
export const appsHome = async (at: DataFolder, database: string | null, log: Log): Promise<AppsHome> => {
  if (database === null) return { folder: at.apps };
  const onStay = (app: string, error: Error) =>
    log.error({ app }, `a generated app could not be brought into PostgreSQL: ${error.message}`);
  const { bringAppsIn } = await import("./keep/bring-apps-in.ts");
  for (const { slug } of await bringAppsIn(at, database, { onStay }))
    log.info({ app: slug }, "brought a generated app into PostgreSQL");
  return { database };
};
