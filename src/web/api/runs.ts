import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { routes } from "#core/routes.ts";
import { type RunVerb, runVerbs } from "#core/rules.ts";
import { runStates } from "#core/states.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { doVerb } from "#web/run-verbs.ts";
import { hiddenIn } from "#web/seen.ts";
import { rowsFor } from "#web/seen-rows.ts";
import { idempotencyHeader, idempotencyKey, tellAgain } from "./idempotency-key.ts";
import { createRouter, json, jsonBody, query, refusals } from "./router.ts";
import { runJson, summaryJson } from "./run-json.ts";
import { errorSchema, logLineSchema, runSchema, summarySchema } from "./schemas.ts";
import { valuesOf, valuesSchema } from "./values.ts";

export const runParams = z.object({ id: z.string() });

/** Runs: the list, one of them, its log, and the verbs. */
export const runsApi = ({ engine, store }: Pick<WebDeps, "engine" | "store">): OpenAPIHono<WebEnv> => {
  const app = createRouter()
    .openapi(listRoute, async (c) => {
      const { state, limit, ...filter } = c.req.valid("query");
      const page = await engine.runs({
        ...filter,
        hidden: hiddenIn(c),
        limit,
        ...(state === undefined ? {} : { states: [state] }),
      });
      const { rows } = rowsFor(c.get("identity"), page.rows);
      return c.json({ rows: rows.map(summaryJson), next: page.next }, 200);
    })
    .openapi(runRoute, async (c) =>
      c.json(runJson(await engine.picture(c.req.valid("param").id), c.get("identity")), 200),
    )
    .openapi(numberedRoute, async (c) => {
      const { id, number } = c.req.valid("param");
      return c.json(runJson(await engine.picture(await engine.numbered(id, number)), c.get("identity")), 200);
    })
    .openapi(logsRoute, async (c) => {
      const { id } = await engine.picture(c.req.valid("param").id);
      const { after = null, limit, stepId } = c.req.valid("query");
      const lines = await store.logs(id, { after, limit, ...(stepId === undefined ? {} : { stepId }) });
      return c.json({ lines }, 200);
    });
  app
    .openapi(modifyRoute, async (c) => {
      const { id } = c.req.valid("param");
      const { values, preview } = c.req.valid("json");
      const modification = await engine.previewModify(id, valuesOf(values));
      if (!preview) await engine.modify(id, valuesOf(values), c.get("identity").by);
      return c.json({ ...modification, run: runJson(await engine.picture(id), c.get("identity")) }, 200);
    })
    .openapi(
      anotherRoute(
        routes.api.clone.template,
        "Run again with the same input and answers; it asks only where an answer no longer holds",
      ),
      async (c) => {
        const started = await engine.clone(c.req.valid("param").id, c.get("identity").by, {
          key: idempotencyKey(c.req.valid("header")["idempotency-key"]),
        });
        tellAgain(c, started);
        const { runId } = started;
        c.header("Location", routes.api.run.href({ id: runId }));
        return c.json(runJson(await engine.picture(runId), c.get("identity")), 202);
      },
    )
    .openapi(
      anotherRoute(routes.api.startOver.template, "Cancel, and start over with the same input"),
      async (c) => {
        const started = await engine.startOver(c.req.valid("param").id, c.get("identity").by, {
          key: idempotencyKey(c.req.valid("header")["idempotency-key"]),
        });
        tellAgain(c, started);
        const { runId } = started;
        c.header("Location", routes.api.run.href({ id: runId }));
        return c.json(runJson(await engine.picture(runId), c.get("identity")), 202);
      },
    );
  for (const verb of runVerbs) {
    app.openapi(verbRoute(verb), async (c) => {
      const { id } = c.req.valid("param");
      await doVerb(engine, verb, id, c.get("identity").by, c.req.valid("query"));
      return c.json(runJson(await engine.picture(id), c.get("identity")), 200);
    });
  }
  return app;
};

const moment = (what: string) =>
  z.coerce
    .number()
    .int()
    .optional()
    .openapi({ description: `${what}, in milliseconds since 1970.` });

const limit = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);

const listRoute = createRoute({
  method: "get",
  path: routes.api.runs.template,
  summary: "List runs, newest first",
  request: {
    query: query({
      search: z.string().max(200).optional(),
      state: z.enum(runStates).optional(),
      workflowId: z.string().optional(),
      since: moment("Only those accepted then or later"),
      until: moment("Only those accepted before then"),
      after: z.string().optional().openapi({ description: "`next` of the page before." }),
      limit: limit(200, 50),
    }),
  },
  responses: {
    200: json(
      z.object({ rows: z.array(summarySchema).readonly(), next: z.string().nullable() }),
      "One page of runs.",
    ),
    ...refusals,
  },
});

const runRoute = createRoute({
  method: "get",
  path: routes.api.run.template,
  summary: "Show a run with all its steps",
  request: { params: runParams },
  responses: { 200: json(runSchema, "The run."), ...refusals },
});

const numberedRoute = createRoute({
  method: "get",
  path: routes.api.numberedRun.template,
  summary: "Show the run with a number among those of its workflow",
  request: { params: runParams.extend({ number: z.coerce.number().int().min(1) }) },
  responses: { 200: json(runSchema, "The run."), ...refusals },
});

const logsRoute = createRoute({
  method: "get",
  path: routes.api.logs.template,
  summary: "Read a run's log",
  description: "Without `after` the newest lines; with it those that follow that number. In order.",
  request: {
    params: runParams,
    query: query({
      after: z.coerce.number().int().min(0).optional(),
      stepId: z.string().optional(),
      limit: limit(5_000, 1_000),
    }),
  },
  responses: { 200: json(z.object({ lines: z.array(logLineSchema).readonly() }), "The lines."), ...refusals },
});

const summaries = {
  pause: "Pause before the next step",
  resume: "Go on after a pause",
  cancel: "Cancel, and stop what goes on elsewhere",
  retry: "Try the failed step again, or at once what waits for its next try or look",
  rewind: "Go back to a step; later answers and results are cleared",
  undo: "Undo what the run made, backwards",
  finalize: "Make the run read-only",
  unlock: "Make a finalized run changeable again",
} as const satisfies Record<RunVerb, string>;

const verbRoute = (verb: RunVerb) =>
  createRoute({
    method: "post",
    path: routes.api.control[verb].template,
    summary: summaries[verb],
    request: {
      params: runParams,
      query: query({
        to: z.string().optional().openapi({ description: "Only for rewind: the step to go back to." }),
        code: z.string().optional().openapi({
          description:
            "Only for retry: go on with this version of the workflow's file, the run's `newerCode`.",
        }),
      }),
    },
    responses: { 200: json(runSchema, "The run afterwards."), ...refusals },
  });

const modifyRoute = createRoute({
  method: "post",
  path: routes.api.modify.template,
  summary: "Change the input",
  description:
    "What rests on the changed fields is undone, and the run goes on from the first such step. Secrets that are left out stay. With `preview` nothing is changed.",
  request: {
    params: runParams,
    body: jsonBody(z.strictObject({ values: valuesSchema, preview: z.boolean().default(false) })),
  },
  responses: {
    200: json(
      z.object({
        changed: z.array(z.string()).readonly(),
        invalid: z
          .array(z.object({ id: z.string(), title: z.string(), undone: z.boolean() }))
          .readonly()
          .openapi({ description: "Steps that are done again; `undone`: what they made is removed first." }),
        run: runSchema,
      }),
      "What changed.",
    ),
    ...refusals,
  },
});

const anotherRoute = (
  path: typeof routes.api.clone.template | typeof routes.api.startOver.template,
  summary: string,
) =>
  createRoute({
    method: "post",
    path,
    summary,
    request: { params: runParams, headers: z.object(idempotencyHeader) },
    responses: {
      202: json(runSchema, "The new run. `Location` has its address."),
      422: json(errorSchema, "Something else was started under this Idempotency-Key."),
      ...refusals,
    },
  });
