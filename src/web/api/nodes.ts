import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { drainNode } from "#web/drain-node.ts";
import { createRouter, json, refusals } from "./router.ts";
import { instant } from "./schema-parts.ts";

export const nodesApi = (deps: Pick<WebDeps, "nodes" | "store" | "clock">): OpenAPIHono<WebEnv> =>
  createRouter()
    .openapi(nodesRoute, async (c) => c.json({ nodes: (await deps.nodes?.all()) ?? [] }, 200))
    .openapi(drainRoute, async (c) => {
      const { name, drain } = c.req.valid("json");
      await drainNode(deps, { name, on: drain, by: c.get("identity").by });
      return c.body(null, 204);
    });

const drainRoute = createRoute({
  method: "post",
  path: routes.api.nodes.template,
  summary: "Have a process take no more runs, or take them again",
  request: {
    body: json(
      z.object({
        name: z.string(),
        drain: z.boolean().openapi({ description: "False: it takes runs again." }),
      }),
      "Which process. What it works on goes on until it waits, asks or ends.",
    ),
  },
  responses: { 204: { description: "It is told." }, ...refusals },
});

const nodesRoute = createRoute({
  method: "get",
  path: routes.api.nodes.template,
  summary: "List the processes that share the database",
  responses: {
    200: json(
      z.object({
        nodes: z.array(
          z
            .object({
              name: z.string(),
              role: z.string().openapi({ description: "all, web or worker." }),
              version: z.string(),
              since: instant.openapi({ description: "When it connected." }),
              silentMs: z
                .number()
                .openapi({ description: "One that is well says something every two seconds." }),
              runs: z.number().openapi({ description: "How many it works on." }),
              isDraining: z.boolean().openapi({ description: "It takes no more runs." }),
            })
            .openapi("Node"),
        ),
      }),
      "Whoever is connected, the longest first; none with SQLite, where one process is all there is.",
    ),
    ...refusals,
  },
});
