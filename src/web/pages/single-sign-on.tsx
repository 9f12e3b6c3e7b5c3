import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { AppError, httpStatus } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { challengeTtlMs } from "#people/challenges.ts";
import type { SingleSignOn } from "#people/single-sign-on.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { enter, whenceOf } from "#web/enter.ts";
import { addressHere } from "#web/own-address.ts";
import { isHttpsAt, sessionCookieAt } from "#web/public-names.ts";
import type { Tries } from "#web/tries.ts";
import { type ShowSignInDeps, showSignIn } from "./show-sign-in.tsx";

type SingleSignOnDeps = Pick<WebDeps, "singleSignOn" | "sessionCookie" | "log"> & ShowSignInDeps;

/** Sends a browser to the provider and takes it back from there. What fails is told on the page that has the other ways in. */
export const singleSignOnPages = (deps: SingleSignOnDeps, tries: Pick<Tries, "look">) => {
  const tell = (c: Context<WebEnv>, thrown: unknown) => {
    if (!(thrown instanceof AppError)) throw thrown;
    deps.log.warn({ err: thrown }, "a sign-in at the provider failed");
    return showSignIn(c, deps, { error: thrown.message }, httpStatus(thrown.code));
  };
  return new Hono<WebEnv>()
    .get(routes.oidc.pattern, async (c) => {
      try {
        const { address, kept } = await provided(deps).begin(addressHere(c, deps, routes.oidcReturn.href()));
        setCookie(c, cookieAt(c, deps), kept, { ...cookieOptions(c, deps), maxAge: challengeTtlMs / 1_000 });
        return c.redirect(address.href, 302);
      } catch (thrown) {
        return tell(c, thrown);
      }
    })
    .get(routes.oidcReturn.pattern, async (c) => {
      const kept = getCookie(c, cookieAt(c, deps)) ?? "";
      deleteCookie(c, cookieAt(c, deps), cookieOptions(c, deps));
      const refusal: { why: unknown } = { why: null };
      const session = await tries.look(c, kept, () =>
        provided(deps)
          .finish(new URL(c.req.url), kept, whenceOf(c))
          .catch((thrown: unknown) => {
            refusal.why = thrown;
            return null;
          }),
      );
      return session === null ? tell(c, refusal.why) : enter(c, session, deps);
    });
};

const provided = ({ singleSignOn }: Pick<WebDeps, "singleSignOn">): SingleSignOn => {
  if (singleSignOn !== null) return singleSignOn;
  throw new AppError("not-found", "No provider for signing in is set up here.");
};

const cookieAt = (c: Context<WebEnv>, deps: Pick<WebDeps, "sessionCookie" | "publicUrls">): string =>
  `${sessionCookieAt(deps)(c.req.header("Host"))}-oidc`;

/** "Lax", because the way back from the provider begins on its page. */
const cookieOptions = (c: Context<WebEnv>, { publicUrls }: Pick<WebDeps, "publicUrls">) =>
  ({
    path: routes.home.href(),
    httpOnly: true,
    sameSite: "Lax",
    secure: isHttpsAt(c.req.header("Host"), publicUrls),
  }) as const;
