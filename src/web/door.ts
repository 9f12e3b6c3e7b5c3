import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie } from "hono/cookie";
import type { Identity, Known } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import { canAll } from "#core/rights.ts";
import { isAnyOf } from "#core/route.ts";
import { forPrograms, routes } from "#core/routes.ts";
import { isLow } from "#core/storage.ts";
import type { WebEnv } from "./deps.ts";
import type { Gated } from "./gates.ts";
import { assertMay } from "./may.ts";
import { placeOf } from "./place.ts";
import { type PublicNames, sessionCookieAt } from "./public-names.ts";
import { staysOpen } from "./turnstile.ts";

/** What nobody has to sign in for: to sign in, the files of every page, and a run by its link. */
const isOpen = isAnyOf([
  ...[routes.signIn, routes.passkeySignIn, routes.oidc, routes.oidcReturn, routes.staticFile],
  ...[routes.shared, routes.sharedLive, routes.sharedEvents, routes.sharedFile],
  // How a program of an agent's gets a token; a person grants it on a page.
  ...[routes.oauth.resource, routes.oauth.resourceOfMcp, routes.oauth.server],
  ...[routes.oauth.register, routes.oauth.token, routes.oauth.revoke],
  // The token says who decides what.
  ...[routes.decide, routes.decideNow],
  // Browsers ask for these by themselves, without a session.
  ...[routes.pushWorker, routes.manifest, routes.appIcon],
]);
/** Open too, but a page for whoever looks: those who are signed in stay so there. */
const isForAll = isAnyOf([routes.docs, routes.docsPage]);
/** Health checks: open too, saying nothing to a foreign page, and asked under whatever name a container or a monitor knows us by. So are hooks, whose calls prove themselves. */
const isUnderAnyName = isAnyOf([routes.healthy, routes.ready, routes.hook]);
/** What the address alone proves, from whatever page it is asked for, such as ntfy's web app: no cookie is looked at there. */
const provesItself = isAnyOf([routes.decideNow]);
const safe = new Set(["GET", "HEAD", "OPTIONS"]);

/** Lets in only requests for this server, from its own pages or with a token, by somebody who is signed in; says who it is. */
export const door = (
  deps: Pick<Gated, "sessionCookie" | "publicUrls" | "proxies" | "store" | "storage" | "notify" | "gates">,
  names: PublicNames,
  identify: Identify,
): MiddlewareHandler<WebEnv> => {
  const cookieAt = sessionCookieAt(deps);
  const { tries, turnstile } = deps.gates;
  return async (c, next) => {
    c.set("place", placeOf(c, deps.proxies));
    if (isUnderAnyName(c.req.path)) return next();
    // No foreign page knows a token, or can make a browser send one.
    const authorization = c.req.header("Authorization");
    const bearer = bearerIn(authorization);
    if (bearer === null) {
      names.assertOwn(c.req.header("Host"));
      if (!provesItself(c.req.path)) assertOwnPage(c, names, cookieAt(c.req.header("Host")));
      c.set("warning", names.hidden(c));
    }
    if (isOpen(c.req.path)) return next();
    const look = () => identify(authorization, c.req.header("Cookie"), c.req.header("Host"));
    const identity = await (bearer === null ? look() : tries.look(c, bearer, look));
    if (identity !== null) {
      const secret = secretIn(authorization, c.req.header("Cookie"), cookieAt(c.req.header("Host")));
      if (secret !== null) turnstile.remember(secret, identity);
      const { method, path } = c.req;
      const tooMuch = turnstile.tooMuch(identity, c.env?.incoming, { method, path, stays: staysOpen(c) });
      if (tooMuch !== null) throw tooMuch;
    }
    if (isForAll(c.req.path)) {
      if (identity !== null) c.set("identity", identity);
      return next();
    }
    if (identity === null) {
      throw new AppError(
        "not-signed-in",
        "You are not signed in. Open the sign-in link that the server printed, or send a token.",
      );
    }
    c.set("identity", identity);
    // Where nobody can say how much is free, that is no reason to keep anybody out.
    const room = await deps.storage.room().catch(() => null);
    c.set("low", room !== null && isLow(room) ? room : null);
    c.set("broken", await deps.notify.channels.brokenOf(identity.person.id));
    if (!canAll(identity)) await assertMay(c, identity, deps.store);
    return next();
  };
};

/** Who asks, by the headers of a request; null when nobody is signed in by them. */
export type Identify = (
  authorization: string | undefined,
  cookies: string | undefined,
  host: string | undefined,
) => Promise<Identity | null>;

export const createIdentify = (
  deps: Pick<Gated, "signIn" | "tokens" | "access" | "sessionCookie" | "publicUrls">,
): Identify => {
  const cookieAt = sessionCookieAt(deps);
  const withAccess = (known: Known | null) => (known === null ? null : { ...known, access: deps.access });
  return async (authorization, cookies, host) => {
    const bearer = bearerIn(authorization);
    if (bearer !== null) return withAccess(await deps.tokens.identify(bearer));
    const session = secretIn(undefined, cookies, cookieAt(host));
    return session === null ? null : withAccess(await deps.signIn.identify(session));
  };
};

/** The secret by which a request comes in. Who sends a token means that token: a cookie beside it is not looked at. */
export const secretIn = (
  authorization: string | undefined,
  cookies: string | undefined,
  cookieName: string,
): string | null =>
  bearerIn(authorization) ?? (cookies === undefined ? null : (cookieIn(cookies, cookieName) ?? null));

/** The first cookie of this name as it was sent; ours hold nothing that would have to be decoded. */
const cookieIn = (cookies: string, name: string): string | undefined => {
  for (const one of cookies.split(";")) {
    const at = one.indexOf("=");
    if (at > 0 && one.slice(0, at).trim() === name) return one.slice(at + 1).trim();
  }
  return undefined;
};

/** The token of `Authorization: Bearer …` (RFC 6750); null without one. */
export const bearerIn = (authorization: string | undefined): string | null =>
  authorization === undefined ? null : (/^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1] ?? null);

/**
 * Refuses changes that another site's page asks for in a signed-in browser, whatever the body's type. Browsers say where a request
 * comes from in `Sec-Fetch-Site` (https and localhost only) or `Origin`; a page cannot forge either.
 */
const assertOwnPage = (c: Context<WebEnv>, names: PublicNames, sessionCookie: string): void => {
  if (isSafe(c)) return;
  const site = c.req.header("Sec-Fetch-Site");
  const origin = c.req.header("Origin");
  const host = c.req.header("Host");
  if (site !== undefined) {
    if (site === "same-origin" || site === "none") return;
  } else if (origin !== undefined) {
    // Only the host is compared: behind a proxy that speaks https we see plain http.
    const from = URL.canParse(origin) ? new URL(origin).host : null;
    if (from !== null && from !== "" && (from === host || names.isPublicHost(from))) return;
  } else if (getCookie(c, sessionCookie) === undefined) {
    return;
  }
  throw new AppError(
    "forbidden",
    "This request did not come from a page of this server, so nothing was done. Reload the page and try again. If a proxy stands in front of Milepost, tell it by MILEPOST_URL the address under which people reach it.",
  );
};

// A WebSocket begins as a GET, but any page may open one with our cookie and then read all that it is sent.
const isSafe = (c: Context<WebEnv>): boolean =>
  safe.has(c.req.method) && c.req.header("Upgrade")?.toLowerCase() !== "websocket";

export const isForPrograms = isAnyOf(forPrograms);

/** What the asker can use: a program JSON, htmx a fragment, a browser a page. */
export const answerKind = (c: Context<WebEnv>): "json" | "fragment" | "page" => {
  // Led to the sign-in page, a download by a program would save that page as its file.
  if (bearerIn(c.req.header("Authorization")) !== null) return "json";
  if (routes.api.docs.matches(c.req.path)) return "page";
  if (isForPrograms(c.req.path)) return "json";
  if (c.req.header("HX-Request") === "true") return "fragment";
  const accept = c.req.header("Accept") ?? "";
  return accept.includes("application/json") && !accept.includes("text/html") ? "json" : "page";
};

/** The largest body that any form or API call needs, by far. */
const mostBytes = 1024 * 1024;

/** Asked of a GET, a body would make the whole request be built anew. */
export const withBody = ["POST", "PUT", "PATCH", "DELETE"];

/**
 * Takes no body that is larger than any of ours. Files come piece by piece, and whoever takes them has a limit of their own: at their own
 * address, and with the form of a workflow that `takesFiles`.
 */
export const limitedBodies = (takesFiles: (workflowId: string) => boolean): MiddlewareHandler => {
  const limited = bodyLimit({
    maxSize: mostBytes,
    onError: () => {
      throw new AppError("too-large", "This request is larger than Milepost takes: at most 1 MiB.");
    },
  });
  return (c, next) => {
    const { path } = c.req;
    const [, , workflowId = ""] = path.split("/");
    const bringsFiles =
      routes.api.files.matches(path) || (routes.startRun.matches(path) && takesFiles(workflowId));
    return bringsFiles ? next() : limited(c, next);
  };
};
