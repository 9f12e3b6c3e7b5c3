import { type Context, Hono } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { AppError } from "#core/errors.ts";
import { textOf } from "#core/form.ts";
import { routes } from "#core/routes.ts";
import { SignInPage } from "#views/sign-in.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { takeNext } from "#web/next-page.ts";
import { isHttps } from "#web/public-names.ts";
import type { Tries } from "#web/tries.ts";
import { sentForm } from "./sent-form.ts";

const used =
  "This link was used already, or it is older than 15 minutes. “milepost sign-in” prints a new one, on the machine of the server.";
const wrong = "This is neither the token of a sign-in link that still works nor an API token.";

export const signInPages = (
  deps: Pick<WebDeps, "signIn" | "tokens" | "staticFiles" | "publicUrls" | "sessionCookie">,
  tries: Tries,
) => {
  const page = (c: Context<WebEnv>, error?: string) =>
    c.html(
      <SignInPage version={deps.staticFiles.version} {...(error === undefined ? {} : { error })} />,
      error === undefined ? 200 : 401,
    );
  const enter = (c: Context<WebEnv>, session: string) => {
    giveSession(c, session, deps);
    return c.redirect(takeNext(c), 303);
  };
  return new Hono<WebEnv>()
    .get(routes.signIn.pattern, async (c) => {
      const token = c.req.query("token");
      if (token === undefined) return page(c);
      // A browser that only prepares for a click, and a preview of the link, must not use it up.
      if (isSpeculative(c)) throw new AppError("not-allowed-now", "Open this link yourself.");
      const session = await tries.look(c, token, () => deps.signIn.useLink(token));
      return session === null ? page(c, used) : enter(c, session);
    })
    .post(routes.signIn.pattern, async (c) => {
      const token = textOf((await sentForm(c)).values, "token");
      const session = await tries.look(c, token, () => sessionFor(deps, token));
      return session === null ? page(c, wrong) : enter(c, session);
    })
    .post(routes.signOut.pattern, async (c) => {
      const { sessionId } = c.get("identity");
      if (sessionId !== null) await deps.signIn.end(sessionId);
      deleteCookie(c, deps.sessionCookie, { path: routes.home.href() });
      return c.redirect(routes.signIn.href(), 303);
    });
};

const sessionFor = async (
  { signIn, tokens }: Pick<WebDeps, "signIn" | "tokens">,
  token: string,
): Promise<string | null> => {
  const session = await signIn.useLink(token);
  if (session !== null) return session;
  const identity = await tokens.identify(token);
  return identity === null ? null : signIn.openSession(identity.name, identity.tokenId);
};

/** The longest that browsers keep a cookie (RFC 6265bis, section 5.5). Which session still counts is the server's to say: it slides. */
const cookieSeconds = 400 * 24 * 3600;

const giveSession = (
  c: Context<WebEnv>,
  secret: string,
  { publicUrls, sessionCookie }: Pick<WebDeps, "publicUrls" | "sessionCookie">,
): void =>
  setCookie(c, sessionCookie, secret, {
    path: routes.home.href(),
    httpOnly: true,
    sameSite: "Lax",
    secure: isHttps(c, publicUrls),
    maxAge: cookieSeconds,
  });

const isSpeculative = (c: Context<WebEnv>): boolean =>
  c.req.method === "HEAD" ||
  (c.req.header("Sec-Purpose") ?? c.req.header("Purpose") ?? "").includes("prefetch");
