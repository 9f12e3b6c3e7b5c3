import { afterAll, beforeAll, expect, test } from "vitest";
import type { DeployStatus } from "#compat/deploy/status.ts";
import type { TaskMessage } from "#compat/tasks/message.ts";
import { AppError } from "#core/errors.ts";
import { listen } from "../web/listen.ts";
import { readMessages } from "../web/message-reader.ts";
import { openSite, type Site } from "../web/site.ts";
import { createStack } from "./stack.ts";

const { stack, told } = createStack();
const why = "The image cannot be pulled.";
let site: Site;
let server: Awaited<ReturnType<typeof listen>>;
let runId: string;

beforeAll(async () => {
  site = await openSite({ workflows: [stack] });
  server = await listen(site);
  told.fail = new AppError("remote-failed", why);
  ({ runId } = await site.engine.start("deploy-stack", { connection: "c1", name: "fails1" }, "Ada"));
  while ((await site.engine.picture(runId)).undoneAt === null)
    await new Promise((resolve) => setTimeout(resolve, 5));
});
afterAll(async () => {
  server.close();
  await site.close();
});

const get = async <T>(path: string): Promise<T> =>
  (await site.call("GET", path, undefined, { Accept: "application/json" })).json() as Promise<T>;
const page = async (path: string): Promise<string> => (await site.get(path)).text();

test("a failed run that was rolled back is found where one looks for failures, in pages", async () => {
  const list = await page("/runs?state=failed");
  expect(list).toContain(`href="/runs/${runId}"`);
  expect(list).toContain("Failed (1)");
  expect(list).toContain("Failed · rolled back");
  expect(list).toContain(why);
  expect(await page("/runs?state=undone")).not.toContain(`href="/runs/${runId}"`);
  expect(await page("/")).toContain("Failed · rolled back");
  expect(await page(`/runs/${runId}`)).toContain("What this run made was removed again.");
});

test("a failed run that was rolled back is a failure for programs: API, metrics, tasks and their messages", async () => {
  const { rows } = await get<{ rows: object[] }>("/api/runs?state=failed");
  expect(rows).toMatchObject([{ id: runId, state: "failed", error: why, undoneAt: expect.any(Number) }]);
  expect(await get(`/api/runs/${runId}`)).toMatchObject({
    state: "failed",
    error: { message: why },
    ended: null,
    undoneAt: expect.any(Number),
    unfit: null,
    unrecorded: null,
  });
  const metrics = await page("/metrics");
  expect(metrics).toContain('milepost_runs{state="failed"} 1');
  expect(metrics).toContain('milepost_runs{state="undone"} 0');
  expect(await get("/api/tasks?status=failed")).toMatchObject({ tasks: [{ id: runId, status: "failed" }] });
  expect(await get(`/api/tasks/${runId}/progress`)).toMatchObject({
    status: "failed",
    error: { step: "deploying", code: "remote-failed", message: why },
  });
  expect(await get<DeployStatus>(`/api/status/${runId}`)).toMatchObject({
    status: "failure",
    error: { phase: "deploying", message: why },
  });
  const reader = await readMessages<TaskMessage>(server.origin, `/ws/tasks/${runId}`);
  const { lastEvent } = await site.engine.picture(runId);
  await reader.until((messages) => messages.some(({ id }) => id === lastEvent));
  expect(reader.messages.at(-1)).toMatchObject({
    type: "task_error",
    status: "failed",
    error: { step: "deploying", message: why },
  });
  reader.close();
});
