import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { RunPicture, StepPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { isStepDone } from "#core/states.ts";
import { createRouter, json, refusals } from "#web/api/router.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";

const workflowId = "create-bot";
/** The bot takes a minute or two; whoever waits longer is told how far it is, and the run goes on. */
const longestWaitMs = 60 * 60_000;

/**
 * The address of the dashboard that the workflow “create-bot” replaces: blocks until the run is over and answers all steps at once.
 * The run is an ordinary one, so that it is live in every browser meanwhile, and goes on when the asker goes away.
 */
export const createBotStepsApi = ({ engine }: Pick<WebDeps, "engine">): OpenAPIHono<WebEnv> =>
  createRouter().openapi(route, async (c) => {
    const { node, ...values } = c.req.valid("json");
    const { runId } = await engine.start(workflowId, { ...values, connection: node }, c.get("identity").name);
    c.header("Location", routes.api.run.href({ id: runId }));
    await engine.settled(runId, longestWaitMs, c.req.raw.signal);
    return c.json(botSteps(await engine.picture(runId)), 200);
  });

/** The steps as that dashboard knew them: those that were done, then the one that the run stopped at. */
export const botSteps = (picture: RunPicture): z.infer<typeof answerSchema> => ({
  success: picture.state === "completed",
  steps: picture.steps
    .filter((step) => isStepDone(step.state) || isStop(picture, step))
    .map((step) => ({
      step: step.number,
      label: step.title,
      ok: isStepDone(step.state),
      detail:
        (isStop(picture, step) ? picture.error?.message : null) ?? step.error?.message ?? step.detail ?? "",
    })),
});

const isStop = (picture: RunPicture, step: StepPicture): boolean =>
  step.state === "failed" || picture.error?.stepId === step.id || step.state === "asking";

const bodySchema = z.object({
  node: z.string().default("").openapi({ description: "The id or the name of an SSH connection." }),
  name: z.string().openapi({ example: "mybot" }),
  token: z.string().openapi({ description: "The Telegram bot token." }),
  displayName: z.string().optional(),
  emoji: z.string().optional(),
  purpose: z.string().optional(),
  model: z.string().optional(),
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
    "Blocks until the run is over. A second request for the same node and name is refused with 409; `error.runId` is the run that is at it. `Location` has the run's address.",
  request: { body: { required: true, content: { "application/json": { schema: bodySchema } } } },
  responses: { 200: json(answerSchema, "What became of each step."), ...refusals },
});
