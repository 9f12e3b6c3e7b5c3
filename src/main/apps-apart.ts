import { type Apart, createApart } from "#apps/apart.ts";
import type { Log } from "#core/log.ts";
import { startChild } from "./child.ts";

/** Answers for apps that have much in them; `folder` is that of all apps. */
export const openAppsApart = (folder: string, log: Log): Apart =>
  createApart({
    folder,
    startChild,
    entry: new URL("./apart-child.ts", import.meta.url),
    onError: (error, app) => log.error({ err: error, app }, "a generated app failed"),
  });
