import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { currentStep } from "#compat/current-step.ts";
import { isoTime } from "#compat/iso-time.ts";
import { hiddenFrom } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import type { RunWithSteps } from "#core/run.ts";
import { type RunState, runStates } from "#core/states.ts";
import { createRouter, json, refusals } from "#web/api/router.ts";
import type { WebEnv } from "#web/deps.ts";
import type { Counters } from "#web/live/counters.ts";
import type { SocketDeps } from "#web/live/event-sockets.ts";
import { approvalsApi } from "./approvals.ts";
import { attemptSchema, attemptsOf } from "./attempts.ts";
import { taskSockets } from "./sockets.ts";
import { statesOf, taskStatuses } from "./status.ts";
import {
  type Task,
  taskName,
  taskProgress,
  taskProgressSchema,
  taskSchema,
  taskStepSchema,
  taskSteps,
} from "./task.ts";

const historyEvents = 5_000;

/** Runs in the words of the task API of General Bots' book, for programs that were written for it. */
export const tasksApi = (deps: SocketDeps, counters: Counters): OpenAPIHono<WebEnv> => {
  const { engine, store } = deps;
  return createRouter()
    .route("/", approvalsApi(deps))
    .route("/", taskSockets(deps, counters))
    .openapi(listRoute, async (c) => {
      const { status, filter, search, after, limit } = c.req.valid("query");
      const states = statesAsked(status, filter);
      const hidden = hiddenFrom(c.get("identity"));
      const [page, counted] = await Promise.all([
        store.runs({
          limit,
          states,
          hidden,
          ...(search === undefined ? {} : { search }),
          ...(after === undefined ? {} : { after }),
        }),
        engine.countRuns(hidden),
      ]);
      const total = states.reduce((sum, state) => sum + counted[state], 0);
      return c.json({ tasks: page.rows.map(taskOf), total, next: page.next }, 200);
    })
    .openapi(progressRoute(routes.compat.task.template), async (c) =>
      c.json(taskProgress(await engine.picture(c.req.valid("param").id)), 200),
    )
    .openapi(progressRoute(routes.compat.taskProgress.template), async (c) =>
      c.json(taskProgress(await engine.picture(c.req.valid("param").id)), 200),
    )
    .openapi(stepsRoute, async (c) => {
      const { id, state, steps } = await engine.picture(c.req.valid("param").id);
      const attempts = attemptsOf(await store.history(id, historyEvents));
      const shown = taskSteps(state, steps).map((step) => ({
        ...step,
        attempts: [...(attempts.get(step.id) ?? [])],
      }));
      return c.json({ task_id: id, steps: shown }, 200);
    })
    .openapi(logsRoute, async (c) => {
      const { id } = await engine.picture(c.req.valid("param").id);
      const { after = null, limit, step } = c.req.valid("query");
      const lines = await store.logs(id, { after, limit, ...(step === undefined ? {} : { stepId: step }) });
      const logs = lines.map((line) => ({
        id: line.n,
        timestamp: isoTime(line.at),
        level: line.level,
        step: line.stepId,
        message: line.text,
      }));
      return c.json({ task_id: id, logs }, 200);
    });
};

const taskOf = ({ run, steps }: RunWithSteps): Task => ({
  id: run.id,
  title: taskName(run),
  status: taskStatuses[run.state],
  progress: run.state === "completed" ? 100 : run.percentFloor,
  current_step: currentStep(run.state, steps) + 1,
  total_steps: steps.length,
  started_at: run.startedAt === null ? null : isoTime(run.startedAt),
  completed_at: run.endedAt === null ? null : isoTime(run.endedAt),
});

const filters = ["all", "running", "pending", "completed", "failed"] as const;

const statesAsked = (status: string | undefined, filter: (typeof filters)[number]): readonly RunState[] => {
  if (status !== undefined) return statesOf(status);
  return filter === "all" ? runStates : statesOf(filter);
};

const statuses = [...new Set(Object.values(taskStatuses))] as [string, ...string[]];
const params = z.object({ id: z.string() });

const listRoute = createRoute({
  method: "get",
  path: routes.compat.tasks.template,
  summary: "List runs as tasks, newest first",
  description: "`total` counts all tasks with this status; `next` is handed as `after` to get the next page.",
  request: {
    query: z.object({
      status: z.enum(statuses).optional(),
      filter: z.enum(filters).default("all"),
      search: z.string().max(200).optional(),
      after: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
  },
  responses: {
    200: json(
      z.object({ tasks: z.array(taskSchema), total: z.number().int(), next: z.string().nullable() }),
      "One page of tasks.",
    ),
    ...refusals,
  },
});

const progressRoute = (
  path: typeof routes.compat.task.template | typeof routes.compat.taskProgress.template,
) =>
  createRoute({
    method: "get",
    path,
    summary: "Show the progress of a task",
    request: { params },
    responses: { 200: json(taskProgressSchema, "The progress."), ...refusals },
  });

const stepsRoute = createRoute({
  method: "get",
  path: routes.compat.taskSteps.template,
  summary: "Show the steps of a task with every try and its duration",
  request: { params },
  responses: {
    200: json(
      z.object({
        task_id: z.string(),
        steps: z.array(taskStepSchema.extend({ attempts: z.array(attemptSchema) })),
      }),
      "The steps in order.",
    ),
    ...refusals,
  },
});

const logsRoute = createRoute({
  method: "get",
  path: routes.compat.taskLogs.template,
  summary: "Read the log of a task",
  description: "Without `after` the newest lines; with it those that follow that number. In order.",
  request: {
    params,
    query: z.object({
      after: z.coerce.number().int().min(0).optional(),
      step: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(5_000).default(1_000),
    }),
  },
  responses: {
    200: json(
      z.object({
        task_id: z.string(),
        logs: z.array(
          z.object({
            id: z.number().int(),
            timestamp: z.string(),
            level: z.enum(["info", "warn", "error"]),
            step: z.string(),
            message: z.string(),
          }),
        ),
      }),
      "The lines.",
    ),
    ...refusals,
  },
});
