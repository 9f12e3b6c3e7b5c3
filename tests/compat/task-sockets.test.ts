import { afterAll, beforeAll, expect, test } from "vitest";
import type { TaskMessage } from "#compat/tasks/message.ts";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { listen } from "../web/listen.ts";
import { readMessages } from "../web/message-reader.ts";
import { colours, openSite, type Site } from "../web/site.ts";
import { socketPromises } from "../web/socket-promises.ts";
import { createTelling } from "../web/telling.ts";

socketPromises<TaskMessage>({
  name: "the task API's WebSockets",
  all: routes.compat.taskSockets.href(),
  one: (id) => routes.compat.taskSocket.href({ id }),
  eventOf: ({ event }) => event,
});

const { telling, told } = createTelling();
let site: Site;
let server: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  site = await openSite({ workflows: [colours(), telling] });
  server = await listen(site);
});
afterAll(async () => {
  server.close();
  await site.close();
});

const follow = (path: string) => readMessages<TaskMessage>(server.origin, path);

test("one run: every event is one message, in order, first those that were missed, with the types of the task API", async () => {
  const runId = await site.asking();
  const reader = await follow(`/ws/tasks/${runId}`);
  await reader.until((messages) => messages.some(({ type }) => type === "approval_needed"));
  const asked = reader.messages.find((message) => message.type === "approval_needed");
  expect(asked).toMatchObject({
    task_id: runId,
    status: "waiting_approval",
    percent: 0,
    step: { id: "colour", order: 1, status: "approval" },
    approval: { id: "colour", open: true, answer: `/api/runs/${runId}/steps/colour/answer` },
  });
  expect(asked?.type === "approval_needed" && asked.approval.form?.fields[0]).toMatchObject({
    name: "colour",
  });

  await site.engine.answer(runId, "colour", { colour: "red" }, "Ada");
  await reader.until((messages) => messages.some(({ type }) => type === "task_complete"));
  expect(reader.messages.map(({ id }) => id)).toEqual(reader.messages.map((_, at) => at + 1));
  expect(reader.messages.every(({ task_id }) => task_id === runId)).toBe(true);
  const steps = reader.messages.filter(({ type }) => type === "step_complete").map(({ step }) => step?.id);
  expect(steps).toEqual(["colour", "paint"]);
  const done = reader.messages.find(({ type }) => type === "task_complete");
  expect(done).toMatchObject({ status: "completed", percent: 100, result: { sentence: "All is painted." } });
  reader.close();
});

test("a run that fails says so with the reason, one that is cancelled says that it stopped", async () => {
  const { runId } = await site.engine.start("telling", {}, "Ada");
  const reader = await follow(`/ws/tasks/${runId}`);
  await reader.until((messages) => messages.some(({ step }) => step?.status === "running"));
  told.fail(new AppError("remote-refused", "The other side refuses."));
  await reader.until((messages) => messages.some(({ type }) => type === "task_error"));
  expect(reader.messages.find(({ type }) => type === "task_error")).toMatchObject({
    status: "failed",
    error: { step: "tell", code: "remote-refused", message: "The other side refuses." },
  });
  const other = await site.asking();
  const second = await follow(`/ws/tasks/${other}`);
  await site.engine.cancel(other, "Ada");
  await second.until((messages) => messages.some(({ type }) => type === "task_stopped"));
  expect(second.messages.find(({ type }) => type === "task_stopped")).toMatchObject({ status: "cancelled" });
  reader.close();
  second.close();
});
