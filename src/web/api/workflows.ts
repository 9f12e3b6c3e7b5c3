import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { routes } from "#core/routes.ts";
import { runModes } from "#core/run.ts";
import { isDriven } from "#core/states.ts";
import { stepKinds } from "#core/step.ts";
import type { Workflow } from "#core/workflow.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { offeredIn, workflowsIn } from "#web/seen.ts";
import { durationsSchema } from "./durations-schema.ts";
import { idempotencyHeader, idempotencyKey, tellAgain } from "./idempotency-key.ts";
import { waitMsOf } from "./prefer.ts";
import { createRouter, json, jsonBody, refusals } from "./router.ts";
import { runJson } from "./run-json.ts";
import { interval, timeLeft } from "./schema-parts.ts";
import { errorSchema, jsonSchema, runSchema, workflowSchema } from "./schemas.ts";
import { formSchema } from "./step-schema.ts";
import { startValuesOf, valuesSchema } from "./values.ts";

/** Workflows, and starting them. */
export const workflowsApi = ({ engine }: Pick<WebDeps, "engine">): OpenAPIHono<WebEnv> => {
  const values = valuesSchema.openapi("StartValues", {
    description: "By field name; which fields there are depends on the workflow.",
  });
  return createRouter()
    .openapi(listRoute, (c) => c.json({ workflows: workflowsIn(c, { engine }).map(workflowJson) }, 200))
    .openapi(workflowRoute, async (c) => {
      const workflow = engine.workflow(c.req.valid("param").id);
      const form = offeredIn(c, await engine.startForm(workflow.id));
      return c.json({ ...workflowJson(workflow), form, input: { ...workflow.start.schema } }, 200);
    })
    .openapi(durationsRoute, async (c) => c.json(await engine.durations(c.req.valid("param").id), 200))
    .openapi(planRoute(values), async (c) => {
      const { values } = c.req.valid("json");
      const workflow = engine.workflow(c.req.valid("param").id);
      return c.json(
        await engine.plan(workflow.id, startValuesOf(workflow, values), c.get("identity").person.id),
        200,
      );
    })
    .openapi(startRoute(values), async (c) => {
      const { values, mode } = c.req.valid("json");
      const by = c.get("identity").by;
      const workflow = engine.workflow(c.req.valid("param").id);
      const started = await engine.start(workflow.id, startValuesOf(workflow, values), by, {
        mode,
        key: idempotencyKey(c.req.valid("header")["idempotency-key"]),
      });
      const { runId } = started;
      tellAgain(c, started);
      const waitMs = waitMsOf(c.req.valid("header").prefer);
      if (waitMs !== null) {
        c.header("Preference-Applied", `wait=${waitMs / 1000}`);
        await engine.settled(runId, waitMs, c.req.raw.signal);
      }
      const picture = await engine.picture(runId);
      c.header("Location", routes.api.run.href({ id: runId }));
      return c.json(
        runJson(picture, c.get("identity")),
        waitMs !== null && !isDriven(picture.state) ? 200 : 202,
      );
    });
};

/** The values that start a run: for each workflow that is offered at the moment, from its own fields, what they are. */
export const valuesOfWorkflows = (workflows: readonly Workflow[], startValues: object | undefined) => {
  const nameOf = ({ id }: Workflow) => `values-${id}`;
  const each = workflows.map((flow) => [
    nameOf(flow),
    { description: `The values of the workflow “${flow.title}”.`, ...flow.start.schema },
  ]);
  const anyOf = workflows.map((flow) => ({ $ref: `#/components/schemas/${nameOf(flow)}` }));
  return { ...Object.fromEntries(each), StartValues: { ...startValues, anyOf } };
};

const workflowJson = ({ id, title, about, steps }: Workflow): z.infer<typeof workflowSchema> => ({
  id,
  title,
  about,
  steps: steps.map((step) => ({ id: step.id, title: step.title, kind: step.kind })),
});

const params = z.object({ id: z.string() });

const modeSchema = z.enum(runModes).default("automatic").openapi({
  description: "`supervised` asks for a go-ahead before each step.",
});

const planSchema = z
  .object({
    workflowId: z.string(),
    title: z.string(),
    subject: z.string(),
    steps: z
      .array(
        z.object({
          id: z.string(),
          number: z.number().int(),
          kind: z.enum(stepKinds),
          title: z.string(),
          lines: z.array(z.object({ kind: z.enum(["words", "command"]), text: z.string() })).readonly(),
          skip: z.string().nullable().openapi({ description: "Why it would have nothing to do." }),
          unknown: z.string().nullable().openapi({ description: "Why it cannot be told beforehand." }),
          undoable: z.boolean(),
          readsOnly: z.boolean(),
          takes: z
            .object(interval)
            .nullable()
            .openapi({ description: "Null where nothing is known of that." }),
        }),
      )
      .readonly(),
    takes: timeLeft.openapi({
      description: "How long it would take, in active time, with this input.",
    }),
  })
  .openapi("Plan");

const durationsRoute = createRoute({
  method: "get",
  path: routes.api.durations.template,
  summary: "Show how long past runs took and how good the estimates were",
  description: "The newest completed runs, in active time: what waits for a person or a pause is not in it.",
  request: { params },
  responses: { 200: json(durationsSchema, "Past runs, newest first."), ...refusals },
});

const planRoute = (values: typeof valuesSchema) =>
  createRoute({
    method: "post",
    path: routes.api.plan.template,
    summary: "Show what a run would do",
    description: "The dry run: reads are made, nothing is changed and no run is kept.",
    request: {
      params,
      body: jsonBody(z.strictObject({ values })),
    },
    responses: { 200: json(planSchema, "The plan."), ...refusals },
  });

const listRoute = createRoute({
  method: "get",
  path: routes.api.workflows.template,
  summary: "List workflows",
  responses: {
    200: json(z.object({ workflows: z.array(workflowSchema).readonly() }), "What can be started."),
    ...refusals,
  },
});

const workflowRoute = createRoute({
  method: "get",
  path: routes.api.workflow.template,
  summary: "Show a workflow with the form that starts it",
  request: { params },
  responses: {
    200: json(
      workflowSchema.extend({ form: formSchema, input: jsonSchema }),
      "The workflow. `input` describes the values that start a run.",
    ),
    ...refusals,
  },
});

const startRoute = (values: typeof valuesSchema) =>
  createRoute({
    method: "post",
    path: routes.api.startRun.template,
    summary: "Start a run",
    description:
      "Answers 202 once the run is kept for good. With `Prefer: wait=60` it waits up to that many seconds and answers 200 as soon as the run is over, asks something or is paused.",
    request: {
      params,
      headers: z.object({
        prefer: z.string().optional().openapi({ example: "wait=60" }),
        ...idempotencyHeader,
      }),
      body: jsonBody(z.strictObject({ values, mode: modeSchema })),
    },
    responses: {
      200: json(runSchema, "The run, which needs no more work at the moment."),
      202: json(runSchema, "The run is accepted. `Location` has its address."),
      422: json(errorSchema, "Something else was started under this Idempotency-Key."),
      ...refusals,
    },
  });
