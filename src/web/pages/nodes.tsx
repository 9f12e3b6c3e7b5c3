import { Hono } from "hono";
import { routes } from "#core/routes.ts";
import { NodesPage } from "#views/nodes.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";

/** The processes that share the work. */
export const nodesPages = (deps: Pick<WebDeps, "nodes" | "staticFiles" | "clock">) =>
  new Hono<WebEnv>().get(routes.nodes.pattern, async (c) =>
    c.html(
      <NodesPage {...pageProps(c, deps)} now={deps.clock.now()} nodes={(await deps.nodes?.all()) ?? null} />,
    ),
  );
