import type { Context } from "hono";
import { AppError } from "#core/errors.ts";
import type { WebEnv } from "#web/deps.ts";

/** The number of the last event that a reader has: `Last-Event-ID` wins, because a browser that comes back asks the same address. */
export const lastSeen = (c: Context<WebEnv>): number => {
  const given = c.req.header("Last-Event-ID") ?? c.req.query("after") ?? "0";
  if (/^\d{1,15}$/.test(given)) return Number(given);
  throw new AppError("bad-input", "“after” must be the number of an event.", { field: "after" });
};
