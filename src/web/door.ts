import { isIP } from "node:net";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import type { Identity } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

/** What nobody has to sign in for: to sign in, the files of every page, and the two health checks. */
const open = [routes.signIn, routes.healthy, routes.ready, routes.staticFile];
const safe = new Set(["GET", "HEAD", "OPTIONS"]);
export const sessionCookie = "milepost";

/** Lets in only requests for this server, from its own pages or with a token, by somebody who is signed in; says who it is. */
export const door = (
  deps: Pick<WebDeps, "signIn" | "tokens" | "publicOrigin" | "hostNames">,
): MiddlewareHandler<WebEnv> => {
  const publicUrl = deps.publicOrigin === null ? null : new URL(deps.publicOrigin);
  const names = new Set(["localhost", ...deps.hostNames.map((name) => name.toLowerCase())]);
  if (publicUrl !== null) names.add(publicUrl.hostname);
  return async (c, next) => {
    // No foreign page knows a token, or can make a browser send one.
    if (bearerOf(c) === null) {
      assertOwnHost(c, names);
      assertOwnPage(c, publicUrl?.host ?? null);
    }
    if (open.some((route) => route.matches(c.req.path))) return next();
    const identity = await identify(deps, c);
    if (identity === null) {
      throw new AppError(
        "not-signed-in",
        "You are not signed in. Open the sign-in link that the server printed, or send a token.",
      );
    }
    c.set("identity", identity);
    return next();
  };
};

/** The token of `Authorization: Bearer …` (RFC 6750); null without one. */
export const bearerOf = (c: Context<WebEnv>): string | null =>
  /^Bearer +([\x21-\x7e]+) *$/i.exec(c.req.header("Authorization") ?? "")?.[1] ?? null;

// A foreign name that its owner let point to this machine (DNS rebinding) would make a foreign page same-origin with us. Addresses in
// digits cannot be rebound.
const assertOwnHost = (c: Context<WebEnv>, names: ReadonlySet<string>): void => {
  const name = hostNameOf(c.req.header("Host"));
  if (name !== null && (names.has(name) || isIP(name) !== 0)) return;
  throw new AppError(
    "forbidden",
    "This server does not answer under this name. Use localhost or its address, or configure the name.",
  );
};

const hostNameOf = (host: string | undefined): string | null => {
  if (host === undefined || !URL.canParse(`http://${host}`)) return null;
  const url = new URL(`http://${host}`);
  const bare = url.username === "" && url.pathname === "/" && url.search === "" && url.hash === "";
  return bare ? url.hostname.replace(/^\[|\]$/g, "") : null;
};

/**
 * Refuses changes that another site's page asks for in a signed-in browser, whatever the body's type. Browsers say where a request
 * comes from in `Sec-Fetch-Site` (https and localhost only) or `Origin`; a page cannot forge either.
 */
const assertOwnPage = (c: Context<WebEnv>, publicHost: string | null): void => {
  if (isSafe(c)) return;
  const site = c.req.header("Sec-Fetch-Site");
  const origin = c.req.header("Origin");
  const host = c.req.header("Host");
  if (site !== undefined) {
    if (site === "same-origin" || site === "none") return;
  } else if (origin !== undefined) {
    // Only the host is compared: behind a proxy that speaks https we see plain http.
    const from = URL.canParse(origin) ? new URL(origin).host : null;
    if (from !== null && from !== "" && (from === host || from === publicHost)) return;
  } else if (getCookie(c, sessionCookie) === undefined) {
    return;
  }
  throw new AppError(
    "forbidden",
    "This request did not come from a page of this server, so nothing was done. Reload the page and try again.",
  );
};

// A WebSocket begins as a GET, but any page may open one with our cookie and then read all that it is sent.
const isSafe = (c: Context<WebEnv>): boolean =>
  safe.has(c.req.method) && c.req.header("Upgrade")?.toLowerCase() !== "websocket";

// Who sends a token means that token: a cookie beside it is not looked at.
const identify = async (
  { signIn, tokens }: Pick<WebDeps, "signIn" | "tokens">,
  c: Context<WebEnv>,
): Promise<Identity | null> => {
  const bearer = bearerOf(c);
  if (bearer !== null) return tokens.identify(bearer);
  const session = getCookie(c, sessionCookie);
  return session === undefined ? null : signIn.identify(session);
};
