import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { createRouter, json, jsonBody, refusals } from "./router.ts";
import { runJson } from "./run-json.ts";
import { errorSchema, runSchema } from "./schemas.ts";
import { valuesOf, valuesSchema } from "./values.ts";

/** What can be done with one step of a run. */
export const stepsApi = ({ engine }: Pick<WebDeps, "engine">): OpenAPIHono<WebEnv> =>
  createRouter()
    .openapi(answerRoute, async (c) => {
      const { id, step } = c.req.valid("param");
      const { values, press } = c.req.valid("json");
      const identity = c.get("identity");
      await engine.answer(id, step, valuesOf(values), identity.by, {
        press,
        channel: identity.kind === "token" ? "token" : "API",
        person: identity.person,
      });
      return c.json(runJson(await engine.picture(id), c.get("identity")), 200);
    })
    .openapi(skipRoute, async (c) => {
      const { id, step } = c.req.valid("param");
      await engine.skip(id, step, c.get("identity").by);
      return c.json(runJson(await engine.picture(id), c.get("identity")), 200);
    })
    .openapi(retryRoute, async (c) => {
      const { id, step } = c.req.valid("param");
      await engine.retry(id, c.get("identity").by, { stepId: step });
      return c.json(runJson(await engine.picture(id), c.get("identity")), 200);
    });

const params = z.object({ id: z.string(), step: z.string() });
const responses = { 200: json(runSchema, "The run afterwards."), ...refusals };

const answerRoute = createRoute({
  method: "post",
  path: routes.api.step.answer.template,
  summary: "Answer a question of a run",
  request: {
    params,
    body: jsonBody(
      z.object({
        values: valuesSchema,
        press: z.string().optional().openapi({ description: "The button, when it is not the usual one." }),
      }),
    ),
  },
  responses: { ...responses, 422: json(errorSchema, "The answer cannot be used; `field` says where.") },
});

const skipRoute = createRoute({
  method: "post",
  path: routes.api.step.skip.template,
  summary: "Skip a step",
  request: { params },
  responses,
});

const retryRoute = createRoute({
  method: "post",
  path: routes.api.step.retry.template,
  summary: "Try a failed step again, or at once one that waits for its next try or look",
  request: { params },
  responses,
});
