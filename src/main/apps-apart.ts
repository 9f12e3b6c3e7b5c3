import { type Apart, createApart } from "#apps/apart.ts";
import type { AppsHome } from "#apps/open-apps.ts";
import type { Log } from "#core/log.ts";
import { startChild } from "./child.ts";

/** Answers for apps that have much in them, or whose tables are elsewhere. */
export const openAppsApart = (home: AppsHome, log: Log): Apart =>
  createApart({
    home,
    startChild,
    entry: new URL("./apart-child.ts", import.meta.url),
    onError: (error, app) => log.error({ err: error, app }, "a generated app failed"),
  });
