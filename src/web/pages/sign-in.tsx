import { type Context, Hono } from "hono";
import { AppError } from "#core/errors.ts";
import { textOf } from "#core/form.ts";
import { routes } from "#core/routes.ts";
import { SignInPage } from "#views/sign-in.tsx";
import { giveSession, takeSession } from "#web/credentials.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { takeNext } from "#web/next-page.ts";
import { sentForm } from "./sent-form.ts";

const used =
  "This link was used already, or it is older than 15 minutes. Start the server again for a new one.";
const wrong = "This is neither the token of a sign-in link that still works nor an API token.";

export const signInPages = (deps: Pick<WebDeps, "signIn" | "tokens" | "staticFiles" | "publicOrigin">) => {
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
      const session = await deps.signIn.useLink(token);
      return session === null ? page(c, used) : enter(c, session);
    })
    .post(routes.signIn.pattern, async (c) => {
      const token = textOf((await sentForm(c)).values, "token");
      const session = await sessionFor(deps, token);
      return session === null ? page(c, wrong) : enter(c, session);
    })
    .post(routes.signOut.pattern, async (c) => {
      const { sessionId } = c.get("identity");
      if (sessionId !== null) await deps.signIn.end(sessionId);
      takeSession(c);
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

const isSpeculative = (c: Context<WebEnv>): boolean =>
  c.req.method === "HEAD" ||
  (c.req.header("Sec-Purpose") ?? c.req.header("Purpose") ?? "").includes("prefetch");
