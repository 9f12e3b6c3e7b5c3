import { type Context, Hono } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { textOf } from "#core/form.ts";
import { routes } from "#core/routes.ts";
import { deviceOf, type Whence } from "#people/device.ts";
import { SignInPage } from "#views/sign-in.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { takeNext } from "#web/next-page.ts";
import { isHttpsAt, sessionCookieAt } from "#web/public-names.ts";
import { placeOf, type Tries } from "#web/tries.ts";
import { sentForm } from "./sent-form.ts";

const wrong =
  "This is neither a sign-in link that still works nor an API token. A link works once, and soon ends; “milepost sign-in” prints a new one, on the machine of the server.";

export const signInPages = (
  deps: Pick<WebDeps, "signIn" | "tokens" | "staticFiles" | "publicUrls" | "sessionCookie">,
  tries: Tries,
) => {
  const version = deps.staticFiles.version;
  const enter = (c: Context<WebEnv>, session: string) => {
    giveSession(c, session, deps);
    return c.redirect(takeNext(c), 303);
  };
  return (
    new Hono<WebEnv>()
      // To open a link uses nothing up: mail programs, chats and browsers open links before people do.
      .get(routes.signIn.pattern, (c) =>
        c.html(<SignInPage version={version} link={c.req.query("token") ?? null} error={null} />),
      )
      .post(routes.signIn.pattern, async (c) => {
        const token = textOf((await sentForm(c)).values, "token");
        const session = await tries.look(c, token, () => sessionFor(deps, token, whenceOf(c)));
        if (session !== null) return enter(c, session);
        return c.html(<SignInPage version={version} link={null} error={wrong} />, 401);
      })
      .post(routes.signOut.pattern, async (c) => {
        const identity = c.get("identity");
        const { sessionId, person, by } = identity;
        if (sessionId !== null) await deps.signIn.end(sessionId, by, person.id);
        const host = c.req.header("Host");
        const secure = isHttpsAt(host, deps.publicUrls);
        deleteCookie(c, sessionCookieAt(deps)(host), { path: routes.home.href(), secure });
        // Not "cookies": it would end what other servers of this host keep in this browser.
        c.header("Clear-Site-Data", '"cache", "storage"');
        return c.redirect(routes.signIn.href(), 303);
      })
  );
};

const whenceOf = (c: Context<WebEnv>): Whence => ({
  device: deviceOf(c.req.header("User-Agent")),
  place: placeOf(c),
});

const sessionFor = async (
  { signIn, tokens }: Pick<WebDeps, "signIn" | "tokens">,
  token: string,
  whence: Whence,
): Promise<string | null> => {
  const session = await signIn.useLink(token, whence);
  if (session !== null) return session;
  const identity = await tokens.identify(token);
  if (identity === null) return null;
  const { name, tokenId, person } = identity;
  return signIn.openSession({ personId: person.id, name, tokenId }, whence);
};

/** The longest that browsers keep a cookie (RFC 6265bis, section 5.5). Which session still counts is the server's to say: it slides. */
const cookieSeconds = 400 * 24 * 3600;

const giveSession = (
  c: Context<WebEnv>,
  secret: string,
  deps: Pick<WebDeps, "publicUrls" | "sessionCookie">,
): void => {
  const host = c.req.header("Host");
  setCookie(c, sessionCookieAt(deps)(host), secret, {
    path: routes.home.href(),
    httpOnly: true,
    sameSite: "Lax",
    secure: isHttpsAt(host, deps.publicUrls),
    maxAge: cookieSeconds,
  });
};
