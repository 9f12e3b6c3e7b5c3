import type { Context } from "hono";
import type { Identity } from "#core/accounts.ts";
import type { PageProps } from "#views/frame.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";

/** Who looks; null: nobody is signed in. */
export const userOf = (c: Context<WebEnv>): PageProps["user"] => {
  const identity = c.get("identity") as Identity | undefined;
  return identity === undefined
    ? null
    : {
        name: identity.name,
        role: identity.person.role,
        low: c.get("low") ?? undefined,
        broken: c.get("broken") ?? [],
      };
};

/** What every page is given: who looks, and the version of the static files. */
export const pageProps = (c: Context<WebEnv>, { staticFiles }: Pick<WebDeps, "staticFiles">): PageProps => ({
  user: userOf(c),
  version: staticFiles.version,
  warning: c.get("warning") ?? null,
});
