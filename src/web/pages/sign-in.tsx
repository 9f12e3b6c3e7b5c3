import { type Context, Hono } from "hono";
import { deleteCookie } from "hono/cookie";
import { textOf } from "#core/form.ts";
import { routes } from "#core/routes.ts";
import type { Whence } from "#people/device.ts";
import { SignedOutPage } from "#views/sign-in.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { enter, whenceOf } from "#web/enter.ts";
import { addressHere } from "#web/own-address.ts";
import { isHttpsAt, sessionCookieAt } from "#web/public-names.ts";
import type { Tries } from "#web/tries.ts";
import { sentForm } from "./sent-form.ts";
import { type ShowSignInDeps, showSignIn } from "./show-sign-in.tsx";

const wrong =
  "This is neither a sign-in link that still works nor an API token. A link works once, and soon ends; “milepost sign-in” prints a new one, on the machine of the server.";

export const signInPages = (
  deps: Pick<WebDeps, "signIn" | "tokens" | "sessionCookie" | "log"> & ShowSignInDeps,
  tries: Tries,
) => {
  return (
    new Hono<WebEnv>()
      // To open a link uses nothing up: mail programs, chats and browsers open links before people do.
      .get(routes.signIn.pattern, (c) => showSignIn(c, deps, { link: c.req.query("token") ?? null }))
      .post(routes.signIn.pattern, async (c) => {
        const token = textOf((await sentForm(c)).values, "token");
        const session = await tries.look(c, token, () => sessionFor(deps, token, whenceOf(c)));
        if (session !== null) return enter(c, session, deps);
        return showSignIn(c, deps, { error: wrong }, 401);
      })
      .post(routes.signOut.pattern, async (c) => {
        const identity = c.get("identity");
        const { sessionId, person, by } = identity;
        const ended = sessionId === null ? null : await deps.signIn.end(sessionId, by, person.id);
        const host = c.req.header("Host");
        const secure = isHttpsAt(host, deps.publicUrls);
        deleteCookie(c, sessionCookieAt(deps)(host), { path: routes.home.href(), secure });
        // Not "cookies": it would end what other servers of this host keep in this browser.
        c.header("Clear-Site-Data", '"cache", "storage"');
        const to = await outside(c, deps, ended?.idToken ?? null);
        if (to === null) return c.redirect(routes.signIn.href(), 303);
        const { staticFiles, singleSignOn } = deps;
        return c.html(
          <SignedOutPage version={staticFiles.version} provider={singleSignOn?.name ?? ""} to={to.href} />,
        );
      })
  );
};

/** Where to sign out at the provider, too. Who wants to be out is out, whether or not it can be reached. */
const outside = async (
  c: Context<WebEnv>,
  deps: Pick<WebDeps, "singleSignOn" | "publicUrls" | "log">,
  idToken: string | null,
): Promise<URL | null> => {
  if (idToken === null || deps.singleSignOn === null) return null;
  try {
    return await deps.singleSignOn.leave(idToken, addressHere(c, deps, routes.signIn.href()));
  } catch (error) {
    deps.log.warn({ err: error }, "could not sign out at the provider");
    return null;
  }
};

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
