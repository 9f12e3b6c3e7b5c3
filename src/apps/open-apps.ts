import { createSharedApps } from "./postgres/shared-apps.ts";
import { type AppRegistry, createAppRegistry } from "./registry.ts";

/** Where all apps are: each in an SQLite file below a folder, or all in one PostgreSQL. */
export type AppsHome = { folder: string } | { database: string };

/** `now` is milliseconds since 1970. */
export const openApps = (home: AppsHome, now: () => number): AppRegistry =>
  "folder" in home ? createAppRegistry({ ...home, now }) : createSharedApps({ ...home, now });
