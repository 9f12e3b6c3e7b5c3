import type { Context } from "hono";
import type { WebEnv } from "./deps.ts";

/**
 * Where a verb that stands on several pages leads back to: the page on which it was pressed, as it was filtered, where that is one of these;
 * else the first of them.
 */
export const pressedOn = (c: Context<WebEnv>, pages: readonly [string, ...string[]]): string => {
  const page = URL.parse(c.req.header("Referer") ?? "");
  return page !== null && pages.includes(page.pathname) ? page.pathname + page.search : pages[0];
};

/** The page of ours on which what was refused was pressed, as it stands now; null where nothing tells it. */
export const pageBehind = (c: Context<WebEnv>): string | null => {
  const page = c.req.method === "POST" ? URL.parse(c.req.header("Referer") ?? "") : null;
  const isOurs = page?.host === c.req.header("Host") && !page?.pathname.startsWith("//");
  return page !== null && isOurs && page.pathname !== c.req.path ? page.pathname + page.search : null;
};
