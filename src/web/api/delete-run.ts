import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { createRouter, json, query, refusals } from "./router.ts";
import { runParams } from "./runs.ts";

/** Deleting a run. */
export const deleteRunApi = ({ engine }: Pick<WebDeps, "engine">): OpenAPIHono<WebEnv> =>
  createRouter().openapi(deleteRoute, async (c) => {
    const { id } = c.req.valid("param");
    const [removal] = await engine.remove([id], c.get("identity").by, c.req.valid("query"));
    if (removal?.refused) throw removal.refused;
    return c.json({ deleted: id, exports: removal?.exports ?? 0 }, 200);
  });

const deleteRoute = createRoute({
  method: "delete",
  path: routes.api.run.template,
  summary: "Delete a run that is over",
  description:
    "Its steps, history, log and questions go, and its number is never given again. What it made elsewhere stays and can no longer be undone from here.",
  request: {
    params: runParams,
    query: query({
      exports: z
        .enum(["true", "false"])
        .default("false")
        .transform((said) => said === "true")
        .openapi({ description: "Whether the exports that it saved go too, rows and files." }),
    }),
  },
  responses: {
    200: json(
      z.object({
        deleted: z.string(),
        exports: z.number().openapi({ description: "How many went with it." }),
      }),
      "It is deleted.",
    ),
    ...refusals,
  },
});
