import { Hono } from "hono";
import { routes } from "#core/routes.ts";
import { DurationsPage } from "#views/durations.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";

/** How long the runs of a workflow took, and how good the estimates were. */
export const durationPages = (deps: Pick<WebDeps, "engine" | "clock" | "staticFiles">) =>
  new Hono<WebEnv>().get(routes.durations.pattern, async (c) =>
    c.html(
      <DurationsPage
        {...pageProps(c, deps)}
        durations={await deps.engine.durations(c.req.param("id"))}
        now={deps.clock.now()}
      />,
    ),
  );
