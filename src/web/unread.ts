import type { MiddlewareHandler } from "hono";
import type { WebEnv } from "./deps.ts";

/**
 * Says that the connection ends where a request is refused before its body was read: what is left of the body stands in the way of the next
 * request, and who sent it must not wait for an answer there.
 */
export const closeUnread = (): MiddlewareHandler<WebEnv> => async (c, next) => {
  await next();
  if (c.res.status >= 400 && c.env?.incoming?.complete === false) c.res.headers.set("Connection", "close");
};
