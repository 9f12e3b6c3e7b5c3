import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { ownAddress } from "#web/own-address.ts";
import { whoseOf } from "#web/whose.ts";
import { createRouter, json, jsonBody, refusals } from "./router.ts";

/** Links to one run, for people who are not signed in. */
export const sharesApi = (deps: Pick<WebDeps, "engine" | "shares" | "publicUrls">): OpenAPIHono<WebEnv> =>
  createRouter()
    .openapi(makeRoute, async (c) => {
      const { id, title, subject } = await deps.engine.picture(c.req.valid("param").id);
      const asked = { runId: id, title: `${title}: ${subject}`, ...c.req.valid("json") };
      const { share, secret } = await deps.shares.make(asked, c.get("identity").by);
      const link = ownAddress(c, deps, routes.shared.href({ secret }));
      return c.json({ id: share.id, link, expiresAt: share.expiresAt }, 201);
    })
    .openapi(revokeRoute, async (c) => {
      const identity = c.get("identity");
      const { id } = c.req.valid("param");
      await deps.shares.revoke(id, identity.by, whoseOf(identity));
      return c.json({ removed: id }, 200);
    });

const params = z.object({ id: z.string() });
const makeRoute = createRoute({
  method: "post",
  path: routes.api.shareRun.template,
  summary: "Make a link to a run, to look at it only",
  request: {
    params,
    body: jsonBody(z.object({ days: z.number().int().default(7), files: z.boolean().default(false) })),
  },
  responses: {
    201: json(
      z.object({ id: z.string(), link: z.string(), expiresAt: z.number() }),
      "The link. Nothing shows it again.",
    ),
    ...refusals,
  },
});
const revokeRoute = createRoute({
  method: "delete",
  path: routes.api.share.template,
  summary: "Take a link back",
  request: { params },
  responses: { 200: json(z.object({ removed: z.string() }), "It leads to nothing now."), ...refusals },
});
