import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { inFull } from "#core/route.ts";
import { routes } from "#core/routes.ts";
import type { WebEnv } from "./deps.ts";

const name = "milepost-next";

/** Keeps the page that somebody wanted who has to sign in first; a cookie, because the sign-in link comes from a terminal. */
export const rememberNext = (c: Context<WebEnv>): void => {
  if (c.req.method !== "GET") return;
  const { pathname, search } = new URL(c.req.url);
  setCookie(c, name, inFull(pathname) + search, {
    path: routes.home.href(),
    httpOnly: true,
    sameSite: "Lax",
    maxAge: 15 * 60,
  });
};

/** Gives that page once; home when there is none, or when the address leads elsewhere. */
export const takeNext = (c: Context<WebEnv>): string => {
  const next = getCookie(c, name);
  if (next === undefined) return routes.home.href();
  deleteCookie(c, name, { path: routes.home.href() });
  return isOwnPath(next) ? next : routes.home.href();
};

// Another server on this machine can set cookies for us, so the value is foreign. Resolving it shows what a browser would make of it.
export const isOwnPath = (path: string): boolean => {
  const here = "http://here.invalid";
  return /^\/(?![/\\])/.test(path) && URL.canParse(path, here) && new URL(path, here).origin === here;
};
