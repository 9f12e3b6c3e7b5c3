import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { createRouter, json, refusals } from "./router.ts";
import { instant } from "./schema-parts.ts";

export const nodesApi = ({ nodes }: Pick<WebDeps, "nodes">): OpenAPIHono<WebEnv> =>
  createRouter().openapi(nodesRoute, async (c) => c.json({ nodes: (await nodes?.all()) ?? [] }, 200));

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
            })
            .openapi("Node"),
        ),
      }),
      "Whoever is connected, the longest first; none with SQLite, where one process is all there is.",
    ),
    ...refusals,
  },
});
