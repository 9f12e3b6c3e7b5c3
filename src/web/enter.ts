import type { Context } from "hono";
import { setCookie } from "hono/cookie";
import { routes } from "#core/routes.ts";
import { deviceOf, type Whence } from "#people/device.ts";
import type { WebDeps, WebEnv } from "./deps.ts";
import { takeNext } from "./next-page.ts";
import { isHttpsAt, sessionCookieAt } from "./public-names.ts";

/** The longest that browsers keep a cookie (RFC 6265bis, section 5.5). Which session still counts is the server's to say: it slides. */
export const cookieSeconds = 400 * 24 * 3600;

/** From where somebody signs in. */
export const whenceOf = (c: Context<WebEnv>): Whence => ({
  device: deviceOf(c.req.header("User-Agent")),
  place: c.get("place"),
});

/** Gives a browser the session whose secret this is, and leads it to the page that it wanted. */
export const enter = (
  c: Context<WebEnv>,
  session: string,
  deps: Pick<WebDeps, "publicUrls" | "sessionCookie">,
): Response => {
  const host = c.req.header("Host");
  setCookie(c, sessionCookieAt(deps)(host), session, {
    path: routes.home.href(),
    httpOnly: true,
    sameSite: "Lax",
    secure: isHttpsAt(host, deps.publicUrls),
    maxAge: cookieSeconds,
  });
  return c.redirect(takeNext(c), 303);
};
