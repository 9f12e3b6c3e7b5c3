import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { can } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import type { WebEnv } from "#web/deps.ts";
import { forget, type KeptDeps, keep, keepAnswers, keptAnswers } from "#web/keep.ts";
import { createRouter, json, jsonBody, refusals } from "./router.ts";
import { runJson } from "./run-json.ts";
import { runSchema } from "./schemas.ts";

/** What people keep under a name: answers to be started with one call, filtered lists, workflows before the others. */
export const keptApi = (deps: KeptDeps): OpenAPIHono<WebEnv> =>
  createRouter()
    .openapi(listRoute, async (c) => {
      const who = c.get("identity");
      const kept = (await deps.store.kept.list()).filter(
        ({ of, what }) => what.kind === "list" || can(who, "read", { workflowId: of }),
      );
      return c.json({ kept: kept.map(plain) }, 200);
    })
    .openapi(listKeepRoute, async (c) => {
      const { of, name, query } = c.req.valid("json");
      return c.json(plain(await keep(deps, c.get("identity"), of, name, { kind: "list", query })), 201);
    })
    .openapi(answersRoute, async (c) => {
      const { id } = c.req.valid("param");
      return c.json(plain(await keepAnswers(deps, c.get("identity"), id, c.req.valid("json").name)), 201);
    })
    .openapi(workflowRoute, async (c) => {
      const { id, title } = deps.engine.workflow(c.req.valid("param").id);
      return c.json(plain(await keep(deps, c.get("identity"), id, title, { kind: "workflow" })), 201);
    })
    .openapi(startRoute, async (c) => {
      const { of, what } = await keptAnswers(deps, c.req.valid("param").id);
      const { values, mode, former } = what.beginning;
      const { runId } = await deps.engine.start(of, values, c.get("identity").by, { mode, former });
      c.header("Location", routes.api.run.href({ id: runId }));
      return c.json(runJson(await deps.engine.picture(runId), c.get("identity")), 202);
    })
    .openapi(removeRoute, async (c) => {
      const { id } = c.req.valid("param");
      await forget(deps, c.get("identity"), id);
      return c.json({ removed: id }, 200);
    });

const plain = ({ id, of, name, keptAt, keptBy, what }: Awaited<ReturnType<typeof keep>>) => ({
  id,
  kind: what.kind,
  of,
  name,
  keptAt,
  keptBy,
});

const keptSchema = z
  .object({
    id: z.string(),
    kind: z.enum(["answers", "list", "workflow"]),
    of: z.string().openapi({ description: "The workflow; of a list which one it is." }),
    name: z.string(),
    keptAt: z.number(),
    keptBy: z.string(),
  })
  .openapi("Kept");
const params = z.object({ id: z.string() });
const kept = { 201: json(keptSchema, "What is kept."), ...refusals };

const listRoute = createRoute({
  method: "get",
  path: routes.api.kept.template,
  summary: "List what is kept under a name",
  responses: { 200: json(z.object({ kept: z.array(keptSchema) }), "By name."), ...refusals },
});
const listKeepRoute = createRoute({
  method: "post",
  path: routes.api.kept.template,
  summary: "Keep a filtered list",
  request: {
    body: jsonBody(
      z.object({
        of: z.enum(["runs", "exports"]),
        name: z.string(),
        query: z.record(z.string(), z.string()).default({}),
      }),
    ),
  },
  responses: kept,
});
const answersRoute = createRoute({
  method: "post",
  path: routes.api.keepAnswers.template,
  summary: "Keep the input and answers of a run",
  request: { params, body: jsonBody(z.object({ name: z.string() })) },
  responses: kept,
});
const workflowRoute = createRoute({
  method: "post",
  path: routes.api.keepWorkflow.template,
  summary: "Let a workflow stand before the others",
  request: { params },
  responses: kept,
});
const startRoute = createRoute({
  method: "post",
  path: routes.api.startKept.template,
  summary: "Start what was kept",
  request: { params },
  responses: { 202: json(runSchema, "The run."), ...refusals },
});
const removeRoute = createRoute({
  method: "delete",
  path: routes.api.oneKept.template,
  summary: "Keep something no longer",
  request: { params },
  responses: { 200: json(z.object({ removed: z.string() }), "It is forgotten."), ...refusals },
});
