import { afterAll, beforeAll, expect, test } from "vitest";
import type { Attempt } from "#compat/tasks/attempts.ts";
import type { Task, TaskProgress, TaskStep } from "#compat/tasks/task.ts";
import { AppError } from "#core/errors.ts";
import { Skip } from "#core/skip.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { type Described, misfits } from "../web/described.ts";
import { quick } from "../web/quick.ts";
import { colours, openSite, type Site } from "../web/site.ts";

/** What the second step does next. */
const told = { outcome: "hang" as "hang" | "fail" | "done" };
const views = workflow("views", "Views", "Makes views.", start({ subject: () => "Cellphone Store CRM" }))
  .do("tables", "Create database tables", { run: async () => "made" })
  .do("nothing", "Nothing to do", { run: async () => new Skip("There was nothing to do.", "none") })
  .do("views", "Generate application UI", {
    run: ({ substeps, progress, signal }) => {
      if (told.outcome === "done") return Promise.resolve("all");
      if (told.outcome === "fail") throw new AppError("remote-refused", "The other side refuses.");
      const views = substeps(["Customer list", "Sales form"]);
      views.begin("Customer list");
      views.end("Customer list");
      progress(65, 100, "views");
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
  })
  .do("search", "Add search and filters", { run: async () => "added" })
  .hands(() => ({ sentence: "Your CRM is ready." }));

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [colours(), quick, views] });
});
afterAll(() => site.close());

type Steps = { steps: (TaskStep & { attempts: Attempt[] })[] };
type Logs = { logs: object[] };
type Tasks = { tasks: Task[]; total: number; next: string | null };

const get = async <T = unknown>(path: string): Promise<T> => {
  const answer = await site.call("GET", path);
  expect(answer.status).toBe(200);
  const doc = (await (await site.call("GET", "/api/openapi.json")).json()) as Described;
  const template = path.replace(/\?.*/, "").replace(/^\/api\/tasks\/[^/]+/, "/api/tasks/{id}");
  const body = await answer.json();
  const schema = doc.paths[template]?.get?.responses["200"]?.content?.["application/json"]?.schema;
  if (schema === undefined) throw new Error(`no schema for ${template}`);
  expect(misfits(doc, schema, body)).toEqual([]);
  return body as T;
};
const progressOf = (runId: string) => get<TaskProgress>(`/api/tasks/${runId}/progress`);
const until = async (runId: string, state: string) => {
  while ((await site.engine.picture(runId)).state !== state)
    await new Promise((resolve) => setImmediate(resolve));
};
const running = async () => {
  told.outcome = "hang";
  const { runId } = await site.engine.start("views", {}, "Ada");
  while ((await site.engine.picture(runId)).steps[2]?.share !== 0.65)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return runId;
};

test("the progress of a task has exactly the fields of the task API, with what the run really did", async () => {
  const runId = await running();
  const progress = await progressOf(runId);
  expect(progress).toEqual({
    task_id: runId,
    title: "Views: Cellphone Store CRM",
    status: "running",
    progress: expect.any(Number),
    current_step: 3,
    total_steps: 4,
    started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    eta_seconds: null,
    steps: [
      {
        order: 1,
        name: "Create database tables",
        status: "completed",
        progress: 100,
        duration_ms: expect.any(Number),
      },
      { order: 2, name: "Nothing to do", status: "skipped", progress: 100, duration_ms: expect.any(Number) },
      {
        order: 3,
        name: "Generate application UI",
        status: "running",
        progress: 65,
        substeps: [
          { name: "Customer list", done: true },
          { name: "Sales form", done: false },
        ],
      },
      { order: 4, name: "Add search and filters", status: "pending", progress: 0 },
    ],
  });
  expect(progress.progress).toBe((await site.engine.picture(runId)).percent);
  expect(await get(`/api/tasks/${runId}`)).toEqual(await progressOf(runId));
  await site.engine.cancel(runId, "Ada");
  await until(runId, "cancelled");
  expect(await progressOf(runId)).toMatchObject({ status: "cancelled", current_step: 3 });
});

test("a task that waits for a person says so, one that is paused shows which step goes on, one that is done is at its end", async () => {
  const asking = await site.asking();
  expect(await progressOf(asking)).toMatchObject({
    status: "waiting_approval",
    current_step: 1,
    steps: [{ status: "approval", progress: 0 }, { status: "pending" }],
  });
  await site.engine.pause(asking, "Ada");
  expect(await progressOf(asking)).toMatchObject({
    status: "paused",
    steps: [{ status: "paused" }, { status: "pending" }],
  });
  await site.engine.resume(asking, "Ada");
  await site.engine.answer(asking, "colour", { colour: "red" }, "Ada");
  await until(asking, "completed");
  expect(await progressOf(asking)).toMatchObject({ status: "completed", progress: 100, current_step: 2 });
});

test("the steps show every try with its duration and why it failed", async () => {
  told.outcome = "fail";
  const { runId } = await site.engine.start("views", {}, "Ada");
  await until(runId, "failed");
  const failed = await get<Steps>(`/api/tasks/${runId}/steps`);
  expect(failed.steps[2]).toMatchObject({
    id: "views",
    status: "failed",
    error: { code: "remote-refused", message: "The other side refuses." },
    attempts: [{ attempt: 1, status: "failed", message: "The other side refuses." }],
  });
  expect(failed.steps[3]?.attempts).toEqual([]);
  told.outcome = "done";
  await site.engine.retry(runId, "Ada");
  await until(runId, "completed");
  const { steps } = await get<Steps>(`/api/tasks/${runId}/steps`);
  expect(steps[2]?.attempts.map(({ status }) => status)).toEqual(["failed", "completed"]);
  expect(steps[1]).toMatchObject({ detail: "There was nothing to do.", attempts: [{ status: "skipped" }] });
  for (const { started_at, completed_at, attempts } of steps) {
    const last = attempts.at(-1);
    expect([started_at, completed_at]).toEqual([expect.any(String), expect.any(String)]);
    expect(last?.duration_ms).toBe(Date.parse(last?.completed_at ?? "") - Date.parse(last?.started_at ?? ""));
  }
});

test("a question that was cancelled is a try that ended", async () => {
  const asking = await site.asking();
  await site.engine.cancel(asking, "Ada");
  await until(asking, "cancelled");
  const { steps } = await get<Steps>(`/api/tasks/${asking}/steps`);
  expect(steps[0]).toMatchObject({
    status: "pending",
    attempts: [{ attempt: 1, status: "cancelled", completed_at: expect.any(String) }],
  });
});

test("the log has the lines that steps wrote, page by page", async () => {
  const { runId } = await site.engine.start("quick", {}, "Ada");
  await until(runId, "completed");
  const { logs } = await get<Logs>(`/api/tasks/${runId}/logs`);
  expect(logs).toEqual([
    { id: 1, timestamp: expect.any(String), level: "info", step: "one", message: "a line" },
  ]);
  expect((await get<Logs>(`/api/tasks/${runId}/logs?after=1`)).logs).toEqual([]);
  expect((await get<Logs>(`/api/tasks/${runId}/logs?step=two`)).logs).toEqual([]);
});

test("the list has every run once, by status or all, page by page", async () => {
  const asking = await site.asking("Lovelace");
  const waiting = await get<Tasks>("/api/tasks?status=waiting_approval");
  const { progress } = await get<{ progress: number }>(`/api/tasks/${asking}/progress`);
  expect(waiting).toMatchObject({
    total: 1,
    tasks: [{ id: asking, title: "Colours: Lovelace", progress }],
  });
  const ids: string[] = [];
  for (let next: string | null = ""; next !== null; ) {
    const page: Tasks = await get<Tasks>(`/api/tasks?limit=2${next === "" ? "" : `&after=${next}`}`);
    ids.push(...page.tasks.map(({ id }) => id));
    next = page.next;
    expect(page.total).toBe((await site.engine.runs({ limit: 100 })).rows.length);
  }
  expect(ids).toEqual((await site.engine.runs({ limit: 100 })).rows.map(({ id }) => id));
  const completed = await get<Tasks>("/api/tasks?filter=completed");
  expect(new Set(completed.tasks.map(({ status }) => status))).toEqual(new Set(["completed"]));
  expect((await site.call("GET", "/api/tasks?status=nonsense")).status).toBe(400);
  expect((await site.call("GET", "/api/tasks/nothing/progress")).status).toBe(404);
});
