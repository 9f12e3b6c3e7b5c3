import type { CallToolResult, McpServer, ServerContext } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { RunPicture } from "#core/picture.ts";
import type { RunState } from "#core/states.ts";
import { activeStep, restText } from "#views/run/said.ts";
import { assertCan, type Caller, runFor } from "./call.ts";
import { answerStep, keyOf } from "./questions.ts";
import { askedWords, questionIn, toldRun } from "./told-run.ts";

/** A run as the extension for tasks tells it; `status` is failed for errors of the protocol only. */
const statuses = {
  queued: "working",
  running: "working",
  waiting: "working",
  paused: "working",
  undoing: "working",
  asking: "input_required",
  completed: "completed",
  failed: "completed",
  cancelled: "cancelled",
  undone: "cancelled",
} as const satisfies Record<RunState, string>;

const pollMs = { first: 2_000, longest: 15_000 };

const standing = (picture: RunPicture) => ({
  taskId: picture.id,
  status: statuses[picture.state],
  statusMessage: messageOf(picture),
  createdAt: new Date(picture.createdAt).toISOString(),
  lastUpdatedAt: new Date(picture.changedAt).toISOString(),
  ttlMs: null,
  // The longer it goes on, the less often it is worth asking.
  pollIntervalMs: Math.min(
    pollMs.longest,
    Math.max(pollMs.first, (picture.changedAt - picture.createdAt) / 10),
  ),
});

const messageOf = (picture: RunPicture): string => {
  const step = activeStep(picture);
  return [
    ...(step === null ? [] : [`Step ${step.number} of ${picture.total}: ${step.title}`]),
    ...(picture.percentKnown ? [`${picture.percent} %`] : []),
    restText(picture),
  ]
    .filter((part) => part !== "")
    .join(", ");
};

/** What a call is answered with whose client follows tasks. The SDK knows no such result yet, and passes it on as it is. */
export const taskOf = (picture: RunPicture): CallToolResult =>
  ({ resultType: "task", ...standing(picture), content: [] }) as unknown as CallToolResult;

const params = z.looseObject({ taskId: z.string() });

/** The three requests of the extension for tasks. Everybody may look only at the runs that they may see. */
export const serveTasks = ({ server }: McpServer, caller: Caller): void => {
  server.setRequestHandler("tasks/get", { params }, async ({ taskId }: { taskId: string }) => {
    const picture = await runFor(caller, taskId);
    const asked = questionIn(caller, picture);
    const isOver = ["completed", "cancelled"].includes(statuses[picture.state]);
    return {
      resultType: "complete",
      ...standing(picture),
      ...(asked === null || asked.refused !== null || asked.schema === null
        ? {}
        : {
            inputRequests: {
              [keyOf(asked.step)]: {
                method: "elicitation/create",
                params: { mode: "form", message: askedWords(asked.step), requestedSchema: asked.schema },
              },
            },
          }),
      ...(isOver ? { result: toldRun(caller, picture) } : {}),
    };
  });
  server.setRequestHandler(
    "tasks/update",
    { params },
    async ({ taskId }: { taskId: string }, ctx: ServerContext) => {
      const { steps } = await runFor(caller, taskId);
      const step = steps.find(({ state }) => state === "asking");
      const response =
        step === undefined ? undefined : (ctx.mcpReq.inputResponses?.[keyOf(step)] as Response | undefined);
      if (step !== undefined && response?.action === "accept")
        await answerStep(caller, {
          run: taskId,
          step: step.id,
          content: response.content ?? {},
          attempt: step.attempt,
        });
      return { resultType: "complete" };
    },
  );
  server.setRequestHandler("tasks/cancel", { params }, async ({ taskId }: { taskId: string }) => {
    const { workflowId, starter, may } = await runFor(caller, taskId);
    assertCan(caller, "control", { workflowId, starter });
    if (may.cancel) await caller.engine.cancel(taskId, caller.who.by);
    return { resultType: "complete" };
  });
};

interface Response {
  action?: string;
  content?: Record<string, unknown>;
}
