import { Hono } from "hono";
import { routes } from "#core/routes.ts";
import { NodesPage } from "#views/nodes.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { drainNode } from "#web/drain-node.ts";
import { pageProps } from "#web/page-props.ts";
import { sentTexts } from "./sent-form.ts";

/** The processes that share the work. */
export const nodesPages = (deps: Pick<WebDeps, "nodes" | "store" | "staticFiles" | "clock">) =>
  new Hono<WebEnv>()
    .get(routes.nodes.pattern, async (c) =>
      c.html(
        <NodesPage
          {...pageProps(c, deps)}
          now={deps.clock.now()}
          nodes={(await deps.nodes?.all()) ?? null}
          own={deps.nodes?.name ?? null}
        />,
      ),
    )
    .post(routes.nodes.pattern, async (c) => {
      const { node = "", does } = await sentTexts(c);
      await drainNode(deps, { name: node, on: does === "drain", by: c.get("identity").by });
      return c.redirect(routes.nodes.href(), 303);
    });
