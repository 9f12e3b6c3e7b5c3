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
