import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { routes } from "#core/routes.ts";
import { runStates } from "#core/states.ts";
import { addressOf, answering, assertCan, type Caller, isThereFor, leftOutFor, runFor } from "./call.ts";
import { following } from "./following.ts";
import { answeredIn, answerStep, toldOrAsked } from "./questions.ts";
import type { Sdk } from "./sdk.ts";
import { asData, dataNote } from "./told-run.ts";

const longestWaitS = 25;
const reading = { readOnlyHint: true, openWorldHint: false } as const;
const run = z.string().describe("The id of the run.");

/** Looking at runs, and answering what they ask. */
export const runTools = (server: McpServer, sdk: Sdk, caller: Caller): void => {
  const { engine, store } = caller;
  server.registerTool(
    "list_runs",
    {
      title: "List runs",
      description: "The newest runs, with their state and what they do now.",
      inputSchema: z.strictObject({
        state: z.enum(runStates).optional(),
        workflow: z.string().optional(),
        search: z.string().max(200).optional().describe("Words of title or subject."),
        limit: z.number().int().min(1).max(50).default(20),
      }),
      annotations: reading,
    },
    answering(async ({ state, workflow, search, limit }) => {
      const { rows } = await engine.runs({
        limit,
        hidden: leftOutFor(caller),
        ...(state === undefined ? {} : { states: [state] }),
        ...(workflow === undefined ? {} : { workflowId: workflow }),
        ...(search === undefined ? {} : { search }),
      });
      const shown = rows.filter(({ workflowId }) => isThereFor(caller, workflowId));
      const runs = shown.map(({ id, number, title, subject, state: stands, percent, percentKnown, now }) => ({
        run: id,
        number,
        title,
        subject,
        state: stands,
        percent: percentKnown ? percent : null,
        now,
        address: addressOf(caller, routes.run.href({ id })),
      }));
      return {
        content: [asData(runs.map((one) => JSON.stringify(one)))],
        structuredContent: { note: dataNote, runs },
      };
    }),
  );
  server.registerTool(
    "get_run",
    {
      title: "Where a run stands",
      description:
        "Percent, step, time left, question and result of a run. With wait_s it answers as soon as the run ends or asks, and after that many seconds at the latest.",
      inputSchema: z.strictObject({
        run,
        wait_s: z.number().min(0).max(longestWaitS).default(0),
      }),
      annotations: reading,
    },
    answering(async ({ run: id, wait_s: waitS }, ctx) => {
      const before = await answeredIn(caller, ctx);
      await runFor(caller, id);
      if (waitS > 0) await following(caller, id, waitS * 1_000, ctx);
      return toldOrAsked(sdk, caller, await runFor(caller, id), ctx, before?.askAgain);
    }),
  );
  server.registerTool(
    "get_logs",
    {
      title: "Log of a run",
      description: "Lines of a run's log: the newest, or those after a number.",
      inputSchema: z.strictObject({
        run,
        after: z.number().int().min(0).optional().describe("Only lines after this number."),
        limit: z.number().int().min(1).max(200).default(50),
      }),
      annotations: reading,
    },
    answering(async ({ run: id, after = null, limit }) => {
      await runFor(caller, id);
      const lines = await store.logs(id, { after, limit });
      return {
        content: [asData(lines.map(({ n, text }) => `${n} ${text}`))],
        structuredContent: { next: lines.at(-1)?.n ?? after },
      };
    }),
  );
  server.registerTool(
    "list_exports",
    {
      title: "List exports",
      description: "The newest exports with their files.",
      inputSchema: z.strictObject({ limit: z.number().int().min(1).max(50).default(20) }),
      annotations: reading,
    },
    answering(async ({ limit }) => {
      const { rows } = await store.exports.list({ limit, hidden: leftOutFor(caller) });
      const shown = rows.filter(({ workflowId }) => isThereFor(caller, workflowId));
      const exports = shown.map(({ id, title, status, rows: count, sizeBytes, fileName, ownerRunId }) => ({
        export: id,
        title,
        status,
        rows: count,
        bytes: sizeBytes,
        fileName,
        run: ownerRunId,
        file: status === "ready" ? addressOf(caller, routes.exportFile.href({ id })) : null,
      }));
      return {
        content: [asData(exports.map((one) => JSON.stringify(one)))],
        structuredContent: { note: dataNote, exports },
      };
    }),
  );
  server.registerTool(
    "answer_step",
    {
      title: "Answer a question of a run",
      description:
        "Answers what get_run shows as the question of a run. Secrets, approvals of risk and what only a person may say are refused.",
      inputSchema: z.strictObject({
        run,
        step: z.string().describe("The id of the step that asks."),
        values: z
          .record(z.string(), z.unknown())
          .default({})
          .describe("By field name, as the question's schema says."),
      }),
      annotations: { destructiveHint: false, openWorldHint: false },
    },
    answering(async ({ run: id, step, values }, ctx) => {
      const { workflowId, starter } = await runFor(caller, id);
      assertCan(caller, "answer", { workflowId, starter });
      await answerStep(caller, { run: id, step, content: values });
      await engine.settled(id, afterAnswerMs, ctx.mcpReq.signal);
      return toldOrAsked(sdk, caller, await runFor(caller, id), ctx);
    }),
  );
};

const afterAnswerMs = 2_000;
