import { afterAll, beforeAll, expect, test } from "vitest";
import { endless, quick } from "./quick.ts";
import { colours, openSite, readyExport, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [colours(true), quick, endless] });
});
afterAll(() => site.close());

const bodyOf = async (answer: Response) => (await answer.json()) as Record<string, unknown>;
const startRun = (id: string, body: unknown = {}, headers = {}) =>
  site.call("POST", `/api/workflows/${id}/runs`, body, headers);

test("workflows are listed with their steps, and each tells the form that starts it", async () => {
  expect(await bodyOf(await site.call("GET", "/api/workflows"))).toMatchObject({
    workflows: [
      { id: "colours", steps: [{ id: "colour", kind: "ask" }, { id: "paint" }] },
      { id: "quick" },
      {},
    ],
  });
  const one = await bodyOf(await site.call("GET", "/api/workflows/colours"));
  expect(one).toMatchObject({ id: "colours", form: { fields: [{ name: "name" }], submit: "Start" } });
  expect((await site.call("GET", "/api/workflows/nothing")).status).toBe(404);
});

test("a start is accepted at once with the address of the run, which is there", async () => {
  const answer = await startRun("endless");
  const body = await bodyOf(answer);
  expect(answer.status).toBe(202);
  expect(answer.headers.get("Location")).toBe(`/api/runs/${body.id}`);
  expect(await bodyOf(await site.call("GET", answer.headers.get("Location") ?? ""))).toMatchObject({
    id: body.id,
    workflowId: "endless",
    createdBy: "API token of the environment",
  });
});

test("what a call has no place for is refused by its name, behind the “?” as in the body, with what there is", async () => {
  const said = async (answer: Response) => [answer.status, JSON.stringify(await bodyOf(answer))];
  const message = (text: string) => [400, expect.stringContaining(`${text}.`)];
  expect(await said(await startRun("colours", { name: "green" }))).toEqual(
    message("there is no “name” here, only values, mode"),
  );
  expect(await said(await site.call("GET", "/api/runs?workflow=colours&stat=failed"))).toEqual(
    message(
      "there is no “workflow” or “stat” here, only search, state, workflowId, since, until, after, limit",
    ),
  );
  expect(await said(await site.call("DELETE", "/api/runs/r1?export=true"))).toEqual(
    message("there is no “export” here, only exports"),
  );
});

test("a value that the workflow does not ask for starts nothing, nor plans anything, and is named", async () => {
  const sent = { values: { name: "green", colour: "red" } };
  const answers = [
    await startRun("colours", sent),
    await site.call("POST", "/api/workflows/colours/plan", sent),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(400);
    expect(await bodyOf(answer)).toMatchObject({
      error: {
        code: "bad-input",
        field: "colour",
        message: expect.stringContaining("has no field “colour”. It has name."),
      },
    });
  }
  expect((await site.store.runs({ limit: 100 })).rows.filter(({ run }) => run.subject === "green")).toEqual(
    [],
  );
});

test("with Prefer: wait the answer comes when the run is done, with all its steps", async () => {
  const answer = await startRun("quick", {}, { Prefer: "respond-async, wait=60" });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("Preference-Applied")).toBe("wait=60");
  expect(await bodyOf(answer)).toMatchObject({
    state: "completed",
    percent: 100,
    steps: [
      { id: "one", state: "completed" },
      { id: "two", state: "completed" },
    ],
    outcome: { sentence: "Both are done." },
  });
});

test("with Prefer: wait a run that asks answers as soon as it asks", async () => {
  const answer = await startRun("colours", { values: { name: "asks" } }, { Prefer: "wait=60" });
  expect(answer.status).toBe(200);
  expect(await bodyOf(answer)).toMatchObject({
    state: "asking",
    steps: [{ form: { submit: "Answer" } }, {}],
  });
});

test("when the wait is over before the run is, the answer is the same 202 as without", async () => {
  const answer = await startRun("endless", {}, { Prefer: "wait=0" });
  expect(answer.status).toBe(202);
  expect(answer.headers.get("Location")).toMatch(/^\/api\/runs\//);
});

test("a program answers questions, with the field and the reason when it answers wrongly", async () => {
  const { id } = await bodyOf(await startRun("colours", { values: { name: "api" } }, { Prefer: "wait=60" }));
  const path = `/api/runs/${id}/steps/colour/answer`;
  const wrong = await site.call("POST", path, { values: { colour: "mauve" } });
  expect(wrong.status).toBe(422);
  expect(await wrong.json()).toEqual({
    error: { code: "bad-answer", field: "colour", message: "Only red and blue are colours here." },
  });
  expect((await site.call("POST", path, { values: { colour: "red" } })).status).toBe(200);
  expect((await site.call("POST", path, { values: { colour: "red" } })).status).toBe(409);
});

test("a held lock tells which run holds it", async () => {
  const { id } = await bodyOf(await startRun("colours", { values: { name: "held" } }));
  const again = await startRun("colours", { values: { name: "held" } });
  expect(again.status).toBe(409);
  expect(await again.json()).toMatchObject({ error: { code: "locked", runId: id } });
});

test("all verbs work and answer with the run as it is then", async () => {
  const { id } = await bodyOf(
    await startRun("colours", { values: { name: "verbs" } }, { Prefer: "wait=60" }),
  );
  const verb = async (name: string) => bodyOf(await site.call("POST", `/api/runs/${id}/${name}`));
  expect(await verb("pause")).toMatchObject({ state: "paused" });
  expect(await verb("resume")).toMatchObject({ state: "asking" });
  expect(await verb("cancel")).toMatchObject({ state: "cancelled" });
  expect(await verb("pause")).toMatchObject({ error: { code: "not-allowed-now" } });
  expect(await verb("finalize")).toMatchObject({ finalizedAt: expect.any(Number) });
  expect(await verb("rewind?to=colour")).toMatchObject({ error: { code: "finalized" } });
  expect(await verb("unlock")).toMatchObject({ finalizedAt: null });
  expect(await verb("rewind")).toMatchObject({ error: { code: "bad-input", field: "to" } });
  // The question was never answered, so there is nothing to go back to; trying again asks it anew.
  expect(await verb("rewind?to=colour")).toMatchObject({ error: { code: "not-allowed-now" } });
  expect(await verb("retry")).toMatchObject({ steps: [{ id: "colour" }, { state: "pending" }] });
  expect(await verb("steps/colour/skip")).toMatchObject({ error: { code: "not-allowed-now" } });
});

test("runs are paged by key without a row twice or none", async () => {
  for (let count = 0; count < 5; count += 1) await startRun("quick");
  const { rows: all } = await bodyOf(await site.call("GET", "/api/runs?workflowId=quick&limit=200"));
  const paged: unknown[] = [];
  for (let after = ""; after !== "end"; ) {
    const page = await bodyOf(await site.call("GET", `/api/runs?workflowId=quick&limit=2${after}`));
    paged.push(...(page.rows as { id: string }[]));
    after = page.next === null ? "end" : `&after=${page.next}`;
  }
  expect(paged.map((row) => (row as { id: string }).id)).toEqual(
    (all as { id: string }[]).map((row) => row.id),
  );
});

test("logs come in order, from where one left off", async () => {
  const { id } = await bodyOf(await startRun("quick", {}, { Prefer: "wait=60" }));
  const logs = await bodyOf(await site.call("GET", `/api/runs/${id}/logs`));
  expect(logs).toMatchObject({ lines: [{ n: 1, text: "a line", stepId: "one" }] });
  expect(await bodyOf(await site.call("GET", `/api/runs/${id}/logs?after=1`))).toEqual({ lines: [] });
  expect((await site.call("GET", "/api/runs/nothing/logs")).status).toBe(404);
});

test("exports show what is saved, and never where it came from by a secret address", async () => {
  const id = await readyExport(site, "url\n");
  await site.store.exports.update(id, "run-1", { downloadUrl: "https://files.example/?signature=secret" });
  const list = await site.call("GET", "/api/exports?state=ready");
  const one = await site.call("GET", `/api/exports/${id}`);
  expect(await one.clone().json()).toMatchObject({ id, state: "ready", fileName: "urls.csv" });
  for (const answer of [list, one]) expect(await answer.text()).not.toContain("signature");
  expect((await site.call("GET", "/api/exports/nothing")).status).toBe(404);
});

test.each([
  ["broken JSON", "{", "not valid JSON"],
  ["a list", "[]", "expected object"],
  ["a number for the values", '{"values":1}', "values"],
  ["a nested value", '{"values":{"a":{"b":1}}}', "values.a"],
])("%s is refused with 400 and a sentence", async (_, body, says) => {
  const answer = await startRun("colours", body);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    error: { code: "bad-input", message: expect.stringContaining(says) },
  });
});

test.each(["/api/runs?limit=0", "/api/runs?limit=x", "/api/runs?state=purple", "/api/exports?state=purple"])(
  "a query that cannot be used (%s) names its field",
  async (path) => {
    const answer = await site.call("GET", path);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { field: /\?(\w+)=/.exec(path)?.[1] } });
  },
);

test("a body that is not sent as JSON is refused with what to send instead", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"]) {
    const answer = await startRun("colours", '{"values":{"name":"typed"}}', { "Content-Type": type });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { code: "bad-input", message: expect.stringContaining("Content-Type: application/json") },
    });
  }
});
