import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { createRouter, json, refusals } from "./router.ts";

/** Scripts that are saved under a name. Each is a workflow: it is started as one, by its id. */
export const scriptsApi = ({ scripts }: Pick<WebDeps, "scripts">): OpenAPIHono<WebEnv> =>
  createRouter()
    .openapi(listRoute, async (c) => c.json({ scripts: [...scripts.offered()] }, 200))
    .openapi(addRoute, async (c) =>
      c.json(await scripts.save(null, c.req.valid("json"), null, c.get("identity").by), 201),
    )
    .openapi(showRoute, async (c) =>
      c.json({ versions: [...(await scripts.versions(c.req.valid("param").id))] }, 200),
    )
    .openapi(saveRoute, async (c) => {
      const { after, ...text } = c.req.valid("json");
      return c.json(await scripts.save(c.req.valid("param").id, text, after, c.get("identity").by), 200);
    })
    .openapi(removeRoute, async (c) => {
      const { id } = c.req.valid("param");
      await scripts.remove(id, c.get("identity").by);
      return c.json({ removed: id }, 200);
    });

const textShape = {
  name: z.string(),
  about: z.string().default(""),
  script: z.string().openapi({
    description: "For sh, or what its first line (#!…) names; what it asks it finds as variables.",
  }),
  inputs: z.string().default("").openapi({
    description: 'What it asks, one a line: `days number "Older than so many days" = 14`.',
  }),
  check: z.string().default("").openapi({ description: "It worked when this ends with 0." }),
  undo: z.string().default("").openapi({ description: "Takes back what the script did." }),
  as: z.string().default("").openapi({ description: "The user that it runs as, by sudo." }),
  minutes: z.number().int().default(60).openapi({ description: "At most, on one server." }),
};
const text = z.object(textShape);
const versionSchema = text
  .extend({
    id: z.string().openapi({ description: "The workflow that it is." }),
    n: z.number().int().openapi({ description: "The version, 1 for the first." }),
    savedAt: z.number().int(),
    savedBy: z.string(),
  })
  .openapi("ScriptVersion");
const params = z.object({ id: z.string() });
const body = <S extends z.ZodType>(schema: S) => ({
  required: true,
  content: { "application/json": { schema } },
});

const listRoute = createRoute({
  method: "get",
  path: routes.api.scripts.template,
  summary: "List saved scripts",
  responses: {
    200: json(z.object({ scripts: z.array(versionSchema) }), "The newest version of each, by name."),
    ...refusals,
  },
});
const addRoute = createRoute({
  method: "post",
  path: routes.api.scripts.template,
  summary: "Save a script",
  request: { body: body(text) },
  responses: { 201: json(versionSchema, "Its first version."), ...refusals },
});
const showRoute = createRoute({
  method: "get",
  path: routes.api.script.template,
  summary: "Show a saved script",
  request: { params },
  responses: {
    200: json(z.object({ versions: z.array(versionSchema) }), "All its versions, the newest first."),
    ...refusals,
  },
});
const saveRoute = createRoute({
  method: "put",
  path: routes.api.script.template,
  summary: "Save a new version of a script",
  description: "What is as it was is no new version.",
  request: {
    params,
    body: body(
      text.extend({
        after: z.number().int().openapi({ description: "The version that the new one was made from." }),
      }),
    ),
  },
  responses: { 200: json(versionSchema, "The version that is offered now."), ...refusals },
});
const removeRoute = createRoute({
  method: "delete",
  path: routes.api.script.template,
  summary: "Offer a script no more",
  description: "Runs under way go on with their version, and the versions stay.",
  request: { params },
  responses: { 200: json(z.object({ removed: z.string() }), "It is not offered."), ...refusals },
});
