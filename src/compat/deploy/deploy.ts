import type { ServerResponse } from "node:http";
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { AppError, noRun } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import { idempotencyKey, tellAgain } from "#web/api/idempotency-key.ts";
import { createRouter, json, jsonBody, refusals } from "#web/api/router.ts";
import { valuesSchema } from "#web/api/values.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { alreadySent } from "#web/live/already-sent.ts";
import type { Counters } from "#web/live/counters.ts";
import { lastSeen } from "#web/live/last-seen.ts";
import { openRawStream } from "#web/live/raw-stream.ts";
import { checkName } from "./check-name.ts";
import { deployLog, deployStatus, deployStatusSchema } from "./status.ts";
import { createDeployChannels, streamDeploy } from "./stream.ts";
import { deployValues, deployWorkflow } from "./values.ts";

const logLines = 500;

type DeployDeps = Pick<WebDeps, "engine" | "store" | "log" | "beats">;

/** The addresses of the stack deployer that the workflow “deploy-stack” replaces, for programs that were written for it. */
export const deployApi = (deps: DeployDeps, counters: Counters): OpenAPIHono<WebEnv> => {
  const { engine, store, log, beats } = deps;
  const channels = createDeployChannels(deps);
  const app = createRouter().openapi(checkRoute, async (c) =>
    c.json(await checkName(deps, c.req.valid("param").name, c.get("identity").person.id), 200),
  );

  app.post(routes.compat.deploy.pattern, async (c) => {
    const values = await deployValues(engine, await bodyOf(c));
    const started = await engine.start(deployWorkflow, values, c.get("identity").by, {
      key: idempotencyKey(c.req.header("Idempotency-Key")),
    });
    const { runId } = started;
    tellAgain(c, started);
    c.header("Location", routes.compat.deployStatus.href({ id: runId }));
    return c.json(
      {
        id: runId,
        status: "in_progress",
        events: routes.compat.deployStatus.href({ id: runId }),
        page: routes.run.href({ id: runId }),
      },
      202,
    );
  });

  app.get(routes.compat.deployStatus.pattern, async (c) => {
    const at = await deployment(deps, c.req.param("id"));
    if (wantsJson(c.req.header("Accept"))) {
      const lines = await store.logs(at.run.id, { after: null, limit: logLines });
      return c.json({ id: at.run.id, ...deployStatus(at), logs: lines.map(deployLog) });
    }
    const last = lastSeen(c);
    // A browser's EventSource comes back when a stream ends; this is how it is told that there is nothing more.
    if (isOver(at.run.state) && last >= at.run.lastEvent) return c.body(null, 204);
    const stream = openRawStream(c.env.outgoing as ServerResponse, beats, counters);
    streamDeploy(channels, at.run.id, last, stream).catch((error: unknown) => {
      log.error(
        { err: error, runId: at.run.id },
        "a deployment's stream ended: its events could not be read",
      );
      stream.end();
    });
    return alreadySent();
  });

  app.openAPIRegistry.registerPath(startRoute);
  app.openAPIRegistry.registerPath(statusRoute);
  return app;
};

const deployment = async ({ store }: Pick<DeployDeps, "store">, id: string): Promise<RunWithSteps> => {
  const at = await store.run(id);
  if (at?.run.workflowId === deployWorkflow) return at;
  throw new AppError("not-found", noRun);
};

// What asks for nothing in particular, as curl does, was always given the stream.
const wantsJson = (accept: string | undefined): boolean =>
  accept?.includes("application/json") === true && !accept.includes("text/event-stream");

/** Read whatever its type says: `curl -d` sends JSON as a form. */
const bodyOf = async (c: Context<WebEnv>): Promise<z.infer<typeof bodySchema>> => {
  const text = await c.req.text();
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (cause) {
    throw new AppError("bad-input", 'The body must be JSON like {"name":"my-stack"}.', { cause });
  }
  const read = bodySchema.safeParse(given);
  if (read.success) return read.data;
  throw new AppError("bad-input", 'Give the stack\'s name: {"name":"my-stack"}.', { field: "name" });
};

const bodySchema = z.object({ name: z.string(), values: valuesSchema });

const checkRoute = createRoute({
  method: "get",
  path: routes.compat.checkDeployName.template,
  summary: "Check whether a stack name is valid and free",
  description:
    "Looks at the connection that a deployment would use. `available` is null when that could not be found out; `reason` says why.",
  request: { params: z.object({ name: z.string() }) },
  responses: {
    200: json(
      z.object({
        name: z.string(),
        valid: z.boolean(),
        available: z.boolean().nullable(),
        reason: z.string().nullable(),
      }),
      "What is known of the name.",
    ),
    ...refusals,
  },
});

const startRoute = createRoute({
  method: "post",
  path: routes.compat.deploy.template,
  summary: "Deploy a stack",
  description:
    "Starts the workflow “deploy-stack”. Only the name is needed; `values` may set any other field of its form, the connection for example.",
  request: { body: jsonBody(bodySchema) },
  responses: {
    202: json(
      z.object({ id: z.string(), status: z.literal("in_progress"), events: z.string(), page: z.string() }),
      "Accepted and kept for good.",
    ),
    ...refusals,
  },
});

const statusRoute = createRoute({
  method: "get",
  path: routes.compat.deployStatus.template,
  summary: "Follow a deployment",
  description:
    "Server-sent events: `event: progress` with the status as JSON, first every phase that was missed. With `Accept: application/json` the status as it is, with the newest log lines, for those who poll.",
  request: {
    params: z.object({ id: z.string() }),
    query: z.object({ after: z.string().optional().openapi({ description: "Only after this event." }) }),
  },
  responses: {
    200: {
      description: "The stream, or the status.",
      content: {
        "text/event-stream": { schema: z.string() },
        "application/json": {
          schema: deployStatusSchema.extend({
            id: z.string(),
            logs: z.array(
              z.object({ timestamp: z.string(), phase: z.string(), level: z.string(), message: z.string() }),
            ),
          }),
        },
      },
    },
    204: { description: "It is over and the reader has seen all of it." },
    ...refusals,
  },
});
