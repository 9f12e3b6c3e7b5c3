import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

const sessionCookie = "milepost";

/** The longest that browsers keep a cookie (RFC 6265bis, section 5.5). Which session still counts is the server's to say: it slides. */
const cookieSeconds = 400 * 24 * 3600;

/** The token of `Authorization: Bearer …` (RFC 6750); null without one. */
export const bearerOf = (c: Context<WebEnv>): string | null =>
  /^Bearer +([\x21-\x7e]+) *$/i.exec(c.req.header("Authorization") ?? "")?.[1] ?? null;

/** The secret in the session's cookie. */
export const sessionOf = (c: Context<WebEnv>): string | undefined => getCookie(c, sessionCookie);

export const giveSession = (
  c: Context<WebEnv>,
  secret: string,
  { publicOrigin }: Pick<WebDeps, "publicOrigin">,
): void =>
  setCookie(c, sessionCookie, secret, {
    path: routes.home.href(),
    httpOnly: true,
    sameSite: "Lax",
    secure: isHttps(c, publicOrigin),
    maxAge: cookieSeconds,
  });

export const takeSession = (c: Context<WebEnv>): void => {
  deleteCookie(c, sessionCookie, { path: routes.home.href() });
};

// Behind a proxy this server itself is reached by plain http even when the browser speaks https.
const isHttps = (c: Context<WebEnv>, publicOrigin: string | null): boolean =>
  new URL(c.req.url).protocol === "https:" ||
  (publicOrigin?.startsWith("https:") === true && new URL(publicOrigin).host === c.req.header("Host"));
