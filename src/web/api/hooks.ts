import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { createRouter, json, jsonBody, refusals } from "./router.ts";
import { renewSecretSchema, startsWith } from "./schedule-schema.ts";

/** What belongs to hooks alone, as JSON: another secret, and what a body would start. */
export const hooksApi = ({ triggers }: Pick<WebDeps, "triggers">): OpenAPIHono<WebEnv> =>
  createRouter()
    .openapi(renewRoute, async (c) => {
      const { secret = "" } = c.req.valid("json");
      return c.json(
        { secret: await triggers.renewSecret(c.req.valid("param").id, secret, c.get("identity").by) },
        200,
      );
    })
    .openapi(tryRoute, async (c) => {
      const body = JSON.stringify(c.req.valid("json"));
      return c.json({ values: await triggers.tryBody(c.req.valid("param").id, body) }, 200);
    });

const params = z.object({ id: z.string() });

const renewRoute = createRoute({
  method: "post",
  path: routes.api.renewSecret.template,
  summary: "Make another secret for a hook",
  description: "The one before holds for a day. The answer has the new one, which is shown this once.",
  request: {
    params,
    body: jsonBody(renewSecretSchema),
  },
  responses: { 200: json(z.object({ secret: z.string() }), "The secret."), ...refusals },
});

const tryRoute = createRoute({
  method: "post",
  path: routes.api.tryHook.template,
  summary: "Try a body of a call, starting nothing",
  description: "What is sent is what a call would bring. It is refused as the call would be.",
  request: {
    params,
    body: jsonBody(z.json().openapi({ type: "object", example: { repository: { name: "shop" } } })),
  },
  responses: {
    200: json(z.object({ values: startsWith }), "The fields that a run would start with, secrets left out."),
    ...refusals,
  },
});
