import type { Context, MiddlewareHandler } from "hono";
import { AppError } from "#core/errors.ts";
import { bearerOf, sessionOf } from "./credentials.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

const safe = new Set(["GET", "HEAD", "OPTIONS"]);

// A WebSocket begins as a GET, but any page may open one with our cookie and then read all that it is sent.
const isSafe = (c: Context<WebEnv>): boolean =>
  safe.has(c.req.method) && c.req.header("Upgrade")?.toLowerCase() !== "websocket";

/**
 * Refuses changes that another site's page asks for in a signed-in browser, whatever the body's type. Browsers say where a request
 * comes from in `Sec-Fetch-Site` (https and localhost only) or `Origin`; a page cannot forge either. A bearer token is proof enough:
 * no other site can make a browser send it.
 */
export const sameOrigin = ({ publicOrigin }: Pick<WebDeps, "publicOrigin">): MiddlewareHandler<WebEnv> => {
  const publicHost = publicOrigin === null ? null : new URL(publicOrigin).host;
  return (c, next) => {
    if (isSafe(c) || bearerOf(c) !== null) return next();
    const site = c.req.header("Sec-Fetch-Site");
    const origin = c.req.header("Origin");
    const host = c.req.header("Host");
    if (site !== undefined) {
      if (site === "same-origin" || site === "none") return next();
    } else if (origin !== undefined) {
      // Only the host is compared: behind a proxy that speaks https we see plain http.
      const from = URL.canParse(origin) ? new URL(origin).host : null;
      if (from !== null && from !== "" && (from === host || from === publicHost)) return next();
    } else if (sessionOf(c) === undefined) {
      return next();
    }
    throw new AppError(
      "forbidden",
      "This request did not come from a page of this server, so nothing was done. Reload the page and try again.",
    );
  };
};
