import { Hono } from "hono";
import { releasesSince } from "#core/release.ts";
import { routes } from "#core/routes.ts";
import { ChangesPage } from "#views/changes.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";

/** What changed with the versions of Milepost. Who looks has seen it: it is told them at home once. */
export const changesPages = (deps: Pick<WebDeps, "news" | "staticFiles">) =>
  new Hono<WebEnv>().get(routes.changes.pattern, async (c) => {
    const { id } = c.get("identity").person;
    const since = c.req.query("since") ?? deps.news.since(id);
    const all = (await deps.news.releases()).filter(({ parts }) => parts.length > 0);
    await deps.news.seen(id);
    return c.html(
      <ChangesPage
        {...pageProps(c, deps)}
        runs={deps.news.version}
        since={since}
        releases={since === null ? all : releasesSince(all, since)}
      />,
    );
  });
