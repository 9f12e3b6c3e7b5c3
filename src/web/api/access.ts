import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { AccessKind } from "#core/access.ts";
import { routes } from "#core/routes.ts";
import { type AccessDeps, accessObject, accessSchemas, readAccess } from "#web/access.ts";
import type { WebEnv } from "#web/deps.ts";
import { createRouter, json, jsonBody, refusals } from "./router.ts";

/** Who may do what with a workflow or a connection, for admins. */
export const accessApi = (deps: AccessDeps): OpenAPIHono<WebEnv> => {
  const app = createRouter();
  for (const kind of ["workflow", "connection"] as const)
    app
      .openapi(readRoute(kind), async (c) => {
        const { id } = await accessObject(deps, kind, c.req.valid("param").id);
        return c.json(deps.access.of(kind, id) ?? {}, 200);
      })
      .openapi(sayRoute(kind), async (c) => {
        const object = await accessObject(deps, kind, c.req.valid("param").id);
        const access = await readAccess(deps, kind, c.req.valid("json"));
        await deps.access.say(object, access, c.get("identity").by);
        return c.json(access, 200);
      });
  return app;
};

const patterns = { workflow: routes.api.workflowAccess, connection: routes.api.connectionAccess } as const;
const schemas = {
  workflow: accessSchemas.workflow.openapi("WorkflowAccess", { type: "object" }),
  connection: accessSchemas.connection.openapi("ConnectionAccess", { type: "object" }),
};
const params = z.object({ id: z.string() });
const about =
  "Each act with the roles and the people, by their ids, who may do it; what is left out the role decides. Admins may do everything.";

const readRoute = (kind: AccessKind) =>
  createRoute({
    method: "get",
    path: patterns[kind].template,
    summary: `Show who may do what with a ${kind}`,
    description: about,
    request: { params },
    responses: { 200: json(schemas[kind], "What is said."), ...refusals },
  });

const sayRoute = (kind: AccessKind) =>
  createRoute({
    method: "put",
    path: patterns[kind].template,
    summary: `Say who may do what with a ${kind}`,
    description: `${about} It takes the place of all that was said, and holds at once.`,
    request: { params, body: jsonBody(schemas[kind]) },
    responses: { 200: json(schemas[kind], "What is said now."), ...refusals },
  });
