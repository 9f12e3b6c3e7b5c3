import type { Context } from "hono";
import type { PageProps } from "#views/frame.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";

/** What every page is given: who looks, and the version of the static files. */
export const pageProps = (c: Context<WebEnv>, { staticFiles }: Pick<WebDeps, "staticFiles">): PageProps => ({
  user: c.get("identity")?.name ?? null,
  version: staticFiles.version,
  warning: c.get("warning") ?? null,
});
