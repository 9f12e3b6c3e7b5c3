import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { appMaker } from "#core/needs.ts";
import { can } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { bringBackApp, removeApp } from "#web/remove-app.ts";
import { hiddenIn } from "#web/seen.ts";
import { createRouter, json, query, refusals } from "./router.ts";

/** Generated apps; each has a data API of its own. */
export const appsApi = (deps: Pick<WebDeps, "apps" | "store" | "clock">): OpenAPIHono<WebEnv> =>
  createRouter()
    .openapi(listRoute, (c) => {
      const { after, limit } = c.req.valid("query");
      const page = hiddenIn(c).includes(appMaker)
        ? { rows: [], damaged: [], next: null }
        : deps.apps.list({ after, limit }, ({ slug, schema, createdAt }) => ({
            slug,
            title: schema.title,
            createdAt,
            address: routes.appWithoutSlash.href({ slug }),
          }));
      const removed = can(c.get("identity"), "admin", null) ? deps.apps.removed() : [];
      const apps = page.rows.flatMap((one) => ("slug" in one ? [one] : []));
      return c.json({ apps, damaged: page.damaged, next: page.next, removed }, 200);
    })
    .openapi(removeRoute, async (c) => {
      const { slug } = c.req.valid("param");
      await removeApp(deps, slug, c.get("identity").by);
      return c.json({ removed: slug }, 200);
    })
    .openapi(bringBackRoute, async (c) => {
      const { slug } = c.req.valid("param");
      await bringBackApp(deps, slug, c.get("identity").by);
      return c.json({ broughtBack: slug }, 200);
    });

const listRoute = createRoute({
  method: "get",
  path: routes.api.apps.template,
  summary: "List generated apps",
  request: {
    query: query({
      after: z.string().default("").openapi({ description: "`next` of the page before." }),
      limit: z.coerce.number().int().min(1).max(100).default(30),
    }),
  },
  responses: {
    200: json(
      z.object({
        apps: z.array(
          z.object({ slug: z.string(), title: z.string(), createdAt: z.number(), address: z.string() }),
        ),
        damaged: z
          .array(z.string())
          .openapi({ description: "A sentence for each of the page that cannot be read." }),
        next: z.string().nullable(),
        removed: z
          .array(z.object({ slug: z.string(), title: z.string(), removedAt: z.number() }))
          .openapi({ description: "Those that can be brought back, shown to whoever may." }),
      }),
      "One page of apps.",
    ),
    ...refusals,
  },
});
const removeRoute = createRoute({
  method: "delete",
  path: routes.api.oneApp.template,
  summary: "Remove an app; it is kept for 30 days",
  request: { params: z.object({ slug: z.string() }) },
  responses: { 200: json(z.object({ removed: z.string() }), "It is removed."), ...refusals },
});
const bringBackRoute = createRoute({
  method: "post",
  path: routes.api.bringBackApp.template,
  summary: "Bring back an app that was removed within 30 days",
  request: { params: z.object({ slug: z.string() }) },
  responses: { 200: json(z.object({ broughtBack: z.string() }), "It is there again."), ...refusals },
});
