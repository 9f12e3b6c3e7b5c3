import type { Context, MiddlewareHandler } from "hono";
import type { Identity } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { bearerOf, sessionOf } from "./credentials.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

const open = [routes.signIn, routes.healthy, routes.ready, routes.staticFile];

/** Lets nobody past who is not signed in, but to sign in, to the static files and to the two health checks. */
export const guard =
  (deps: Pick<WebDeps, "signIn" | "tokens">): MiddlewareHandler<WebEnv> =>
  async (c, next) => {
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

// Who sends a token means that token: a cookie beside it is not looked at.
const identify = async (
  { signIn, tokens }: Pick<WebDeps, "signIn" | "tokens">,
  c: Context<WebEnv>,
): Promise<Identity | null> => {
  const bearer = bearerOf(c);
  if (bearer !== null) return tokens.identify(bearer);
  const session = sessionOf(c);
  return session === undefined ? null : signIn.identify(session);
};
