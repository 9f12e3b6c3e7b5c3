import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { itemStates } from "#core/item.ts";
import { placeOf } from "#core/items-seen.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { createRouter, json, jsonBody, query, refusals } from "./router.ts";
import { runJson } from "./run-json.ts";
import { runSchema } from "./schemas.ts";
import { itemsSchema } from "./step-schema.ts";

/** The items of a step. */
export const itemsApi = ({ engine }: Pick<WebDeps, "engine">): OpenAPIHono<WebEnv> =>
  createRouter()
    .openapi(listRoute, async (c) => {
      const { id, step } = c.req.valid("param");
      const { after } = c.req.valid("query");
      return c.json(itemsSchema.parse(await engine.items(id, step, placeOf(after))), 200);
    })
    .openapi(skipRoute, async (c) => {
      const { id, step } = c.req.valid("param");
      await engine.skipItem(id, step, c.req.valid("json").key, c.get("identity").by);
      return c.json(runJson(await engine.picture(id), c.get("identity")), 200);
    })
    .openapi(retryRoute, async (c) => {
      const { id, step } = c.req.valid("param");
      await engine.retryItems(id, step, c.get("identity").by);
      return c.json(runJson(await engine.picture(id), c.get("identity")), 200);
    });

const params = z.object({ id: z.string(), step: z.string() });

const listRoute = createRoute({
  method: "get",
  path: routes.api.items.template,
  summary: "The items of a step that has a run for each, those that failed first",
  request: {
    params,
    query: query({
      after: z.string().optional().openapi({ description: "What the page before gave as `next`." }),
    }),
  },
  responses: {
    200: json(itemsSchema, `A page of items. The states in their order: ${itemStates.join(", ")}.`),
    ...refusals,
  },
});

const skipRoute = createRoute({
  method: "post",
  path: routes.api.skipItem.template,
  summary: "Go on without one item of a step",
  request: {
    params,
    body: jsonBody(z.object({ key: z.string() })),
  },
  responses: { 200: json(runSchema, "The run afterwards."), ...refusals },
});

const retryRoute = createRoute({
  method: "post",
  path: routes.api.retryItems.template,
  summary: "Try the items of a step again that failed, and no other",
  description: "Where the run is over, it goes on with what is left.",
  request: { params },
  responses: { 200: json(runSchema, "The run afterwards."), ...refusals },
});
