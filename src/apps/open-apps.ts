import { type AppRegistry, createAppRegistry } from "./registry.ts";

/** Where all apps are: each in an SQLite file below a folder, or all in one PostgreSQL. */
export type AppsHome = { folder: string } | { database: string };

/** `now` is milliseconds since 1970. What PostgreSQL needs is only loaded for it. */
export const openApps = async (home: AppsHome, now: () => number): Promise<AppRegistry> => {
  if ("folder" in home) return createAppRegistry({ ...home, now });
  const { createSharedApps } = await import("./postgres/shared-apps.ts");
  return createSharedApps({ ...home, now });
};
