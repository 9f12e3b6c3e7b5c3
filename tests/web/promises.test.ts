import { afterAll, beforeAll, expect, test } from "vitest";
import { start } from "#core/start.ts";
import { type Workflow, workflow } from "#core/workflow.ts";
import { openSite, type Site } from "./site.ts";

/*
 * What a known server for autonomous tasks only pretends to do (pause and cancel that change a column while the work goes on,
 * logs made up at request time, approvals invented for every paused task), each as a guarantee of ours over the API.
 */

const did: string[] = [];
let open = Promise.withResolvers<void>();

const work: Workflow = workflow("work", "Work", "For tests.", start({ subject: () => "" }))
  .do("first", "First", {
    run: async ({ log, signal }) => {
      log("first begins");
      await new Promise<void>((resolve, reject) => {
        open.promise.then(resolve);
        signal.addEventListener("abort", () => {
          did.push("first was stopped");
          reject(signal.reason);
        });
      });
      did.push("first");
    },
  })
  .approve("ok", "Send the mails", {
    about: () => ({ what: "50 mails are sent.", risk: "medium", impact: ["50 people get a mail."] }),
  })
  .do("send", "Send", { run: async () => void did.push("sent") })
  .hands(() => ({ sentence: "Sent." }));

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [work] });
});
afterAll(() => site.close());

interface RunJson {
  id: string;
  state: string;
  wish: string | null;
  error: { code: string; message: string } | null;
  steps: { id: string; state: string; attempt: number; form: unknown }[];
}

const api = async (method: string, path: string, body?: unknown): Promise<RunJson> =>
  (await site.call(method, path, body)).json() as Promise<RunJson>;

const begin = async (): Promise<string> => {
  did.length = 0;
  open = Promise.withResolvers<void>();
  const { id } = await api("POST", "/api/workflows/work/runs", { values: {} });
  await expect.poll(async () => (await api("GET", `/api/runs/${id}`)).steps[0]?.state).toBe("running");
  return id;
};
const until = (id: string, state: string) =>
  expect.poll(async () => (await api("GET", `/api/runs/${id}`)).state).toBe(state);

test("pause really stops before the next step, no approval is invented meanwhile, and resume goes on exactly there", async () => {
  const id = await begin();
  await api("POST", `/api/runs/${id}/pause`);
  open.resolve();
  await until(id, "paused");
  const paused = await api("GET", `/api/runs/${id}`);
  expect(did).toEqual(["first"]);
  expect(paused.steps.map((step) => step.state)).toEqual(["completed", "pending", "pending"]);
  expect(paused.steps.map((step) => step.form)).toEqual([null, null, null]);
  await api("POST", `/api/runs/${id}/resume`);
  await until(id, "asking");
  expect(did).toEqual(["first"]);
});

test("cancel really ends the work, and what was cancelled does not become completed later", async () => {
  const id = await begin();
  await api("POST", `/api/runs/${id}/cancel`);
  await until(id, "cancelled");
  expect(did).toEqual(["first was stopped"]);
  open.resolve();
  expect((await api("GET", `/api/runs/${id}`)).state).toBe("cancelled");
});

test("a rejected approval really prevents the action, and an approved one really does it", async () => {
  const id = await begin();
  open.resolve();
  await until(id, "asking");
  await api("POST", `/api/runs/${id}/steps/ok/answer`, {
    values: { comment: "Not today." },
    press: "reject",
  });
  await until(id, "failed");
  expect(did).toEqual(["first"]);
  expect((await api("GET", `/api/runs/${id}`)).error).toMatchObject({ code: "rejected" });
  await api("POST", `/api/runs/${id}/retry`);
  await until(id, "asking");
  await api("POST", `/api/runs/${id}/steps/ok/answer`, { values: {} });
  await until(id, "completed");
  expect(did).toEqual(["first", "sent"]);
});

test("the task API shows the approval that is asked for, none that is not, and takes the answer to it once", async () => {
  const id = await begin();
  const approvals = async () => (await site.call("GET", `/api/tasks/${id}/approvals`)).json();
  expect(await approvals()).toEqual({ approvals: [] });
  const early = { approval_id: "ok", action: "approve" };
  expect((await site.call("POST", `/api/tasks/${id}/approve`, early)).status).toBe(409);
  open.resolve();
  await until(id, "asking");
  expect(await approvals()).toEqual({
    approvals: [
      {
        id: "ok",
        title: "Send the mails",
        description: "50 mails are sent.",
        risk_level: "MEDIUM",
        impact_summary: "50 people get a mail.",
        timeout_seconds: null,
      },
    ],
  });
  const answers = await Promise.all(
    ["approve", "approve"].map((action) =>
      site.call("POST", `/api/tasks/${id}/approve`, { approval_id: "ok", action, comment: "Go." }),
    ),
  );
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
  await until(id, "completed");
  expect(did).toEqual(["first", "sent"]);
  expect(await approvals()).toEqual({ approvals: [] });
});

test("log lines were written when things happened: reading them twice gives the same lines and times", async () => {
  const id = await begin();
  const read = async () => (await site.call("GET", `/api/runs/${id}/logs`)).json();
  await expect.poll(read).toMatchObject({ lines: [{ text: "first begins" }] });
  const before = await read();
  open.resolve();
  await until(id, "asking");
  expect(await read()).toEqual(before);
});

test("a list of runs is JSON, and a run that is not there is told as such", async () => {
  const answer = await site.call("GET", "/api/runs?limit=2");
  expect(answer.headers.get("Content-Type")).toContain("application/json");
  expect((await site.call("POST", "/api/runs/none/pause")).status).toBe(404);
});
