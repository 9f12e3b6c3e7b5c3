import { setTimeout as wait } from "node:timers/promises";
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { AppError } from "#core/errors.ts";
import type { RunPicture, StepPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { isStepDone } from "#core/states.ts";
import { idempotencyKey } from "#web/api/idempotency-key.ts";
import { createRouter, json, jsonBody, refusals } from "#web/api/router.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";

const workflowId = "create-bot";
/** The bot takes minutes; whoever waits longer is told how far it is, and the run goes on. */
const longestWaitMs = 60 * 60_000;
/** Proxies hang up on an answer that is silent for a minute; in front of JSON white space means nothing. */
const blankEveryMs = 10_000;
/** Between looks at a run that somebody paused. */
const pausedEveryMs = 1_000;

type Api = Pick<WebDeps, "engine">;

/**
 * The address of the dashboard that the workflow “create-bot” replaces: its headers come at once, its steps together when the run is
 * over. The run is an ordinary one, so that it is live in every browser meanwhile, and goes on when the asker goes away.
 */
export const createBotStepsApi = ({ engine }: Api): OpenAPIHono<WebEnv> =>
  createRouter().openapi(route, async (c) => {
    const { node, ...values } = c.req.valid("json");
    const { runId } = await engine
      .start(workflowId, { ...values, connection: node }, c.get("identity").by, {
        key: idempotencyKey(c.req.header("Idempotency-Key")),
      })
      .catch(asAsked);
    const gone = new AbortController();
    const text = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start: async (stream) => {
        const blankNow = () => stream.enqueue(text.encode("\n"));
        // The first one takes the headers along.
        blankNow();
        const blank = setInterval(blankNow, blankEveryMs);
        try {
          const picture = await settledPicture({ engine }, runId, gone.signal);
          stream.enqueue(text.encode(JSON.stringify(botSteps(picture))));
          stream.close();
        } catch (error) {
          if (!gone.signal.aborted) stream.error(error);
        } finally {
          clearInterval(blank);
        }
      },
      cancel: () => gone.abort(),
    });
    // Nobody on the way may hold the beginning back until more is there.
    const headers = {
      "Content-Type": "application/json",
      "Cache-Control": "no-store, no-transform",
      "X-Accel-Buffering": "no",
      Location: routes.api.run.href({ id: runId }),
    };
    // Its shape is the one that the route describes; only its bytes come later.
    return new Response(body, { headers }) as never;
  });

/** The run when it is over or waits for a person; one that is paused has neither failed nor been done. */
const settledPicture = async ({ engine }: Api, runId: string, signal: AbortSignal): Promise<RunPicture> => {
  const until = performance.now() + longestWaitMs;
  for (;;) {
    await engine.settled(runId, Math.max(1, until - performance.now()), signal);
    signal.throwIfAborted();
    const picture = await engine.picture(runId);
    if (picture.state !== "paused" || performance.now() > until) return picture;
    await wait(pausedEveryMs, undefined, { signal });
  }
};

/** Its body calls the connection a node. */
const asAsked = (thrown: unknown): never => {
  if (!(thrown instanceof AppError) || thrown.field !== "connection") throw thrown;
  const { code, message, runId } = thrown;
  throw new AppError(code, message, { cause: thrown, field: "node", ...(runId ? { runId } : {}) });
};

/** The steps as that dashboard knew them: those that were done, then the one that the run stopped at. Questions were none of them. */
export const botSteps = (picture: RunPicture): z.infer<typeof answerSchema> => {
  const isMade = picture.steps.every((step) => step.kind === "ask" || isStepDone(step.state));
  const steps = picture.steps.filter((step) => step.kind !== "ask");
  const stop = isMade
    ? undefined
    : (steps.find((step) => isStop(picture, step)) ?? steps.find(({ state }) => !isStepDone(state)));
  return {
    success: isMade,
    steps: steps
      .filter((step) => isStepDone(step.state) || step === stop)
      .map((step) => ({
        step: step.number,
        label: step.title,
        ok: step !== stop,
        detail: step === stop ? whyNot(picture, step) : (step.detail ?? ""),
      })),
  };
};

const isStop = (picture: RunPicture, step: StepPicture): boolean =>
  step.state === "failed" || picture.error?.stepId === step.id || step.state === "asking";

const whyNot = (picture: RunPicture, step: StepPicture): string =>
  picture.error?.message ?? step.error?.message ?? `It is not done yet: the run is ${picture.state}.`;

const bodySchema = z.object({
  node: z.string().default("").openapi({ description: "The id or the name of an SSH connection." }),
  name: z.string().openapi({ example: "mybot" }),
  token: z.string().openapi({ description: "The Telegram bot token." }),
  displayName: z.string().optional(),
  emoji: z.string().optional(),
  purpose: z.string().optional(),
  model: z.string().optional(),
  ownerId: z.string().optional().openapi({ description: "The Telegram user who may write to the bot." }),
  chatId: z.string().optional(),
});

const answerSchema = z
  .object({
    success: z.boolean(),
    steps: z.array(
      z.object({ step: z.number().int(), label: z.string(), ok: z.boolean(), detail: z.string() }),
    ),
  })
  .openapi("BotSteps");

const route = createRoute({
  method: "post",
  path: routes.compat.createBotSteps.template,
  summary: "Create a bot and wait for it",
  description:
    "Headers come at once; the body, after white space, when the run is over. A second request for the same node and name is refused with 409; `error.runId` is the run that is at it. `Location` has the run's address.",
  request: { body: jsonBody(bodySchema) },
  responses: { 200: json(answerSchema, "What became of each step."), ...refusals },
});
