import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { text } from "#core/field-kinds.ts";
import type { Scope } from "#core/rights.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { ada } from "../people/ada.ts";
import { openSite, type Site } from "./site.ts";

const named = (id: string) =>
  workflow(
    id,
    id,
    "",
    start({ fields: [text("project", "Project", { required: true })], subject: ({ project }) => project }),
  )
    .do("only", "Only", { run: async () => 1 })
    .hands(() => ({ sentence: "Done." }));

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [named("nightly"), named("other")] });
});
afterAll(() => site.close());

const bearer = async (scope: Scope) => ({
  Authorization: `Bearer ${(await site.deps.tokens.create({ name: randomUUID(), scope, lastsMs: null }, ada)).secret}`,
});
interface Json {
  id: string;
  nextAt: number;
  secret: string;
  error: { message: string; field: string };
}
const ask = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
  const answer = await site.app.request(path, {
    method,
    headers: {
      "Content-Type": "application/json",
      ...(headers ?? (await bearer({ rights: ["admin"], workflows: null }))),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: JSON.parse((await answer.text()) || "null") as Json };
};
const daily = { kind: "schedule", times: { cron: "0 7 * * *" }, zone: "UTC" };
const hook = (proof: string, path = "repository.name") => ({
  kind: "hook",
  proof,
  mapping: { project: path },
});
const make = async (when: object): Promise<string> => {
  const wish = { name: randomUUID(), workflowId: "nightly", values: { project: "shop" }, when };
  const { status, json } = await ask("POST", "/api/schedules", wish);
  expect(status).toBe(201);
  return json.id;
};

test("a program changes when something starts, and never what it is or how its calls are proven", async () => {
  const id = await make(daily);
  const name = randomUUID();
  const monthly = { ...daily, times: { cron: "0 6 1 * *" } };
  const changed = await ask("PUT", `/api/schedules/${id}`, { name, when: monthly, pauseAfter: 2 });
  expect([changed.status, changed.json]).toMatchObject([200, { id, name, pauseAfter: 2, when: monthly }]);
  expect(new Date(changed.json.nextAt).toISOString()).toContain("-01T06:00");
  const hooked = await make(hook("secret"));
  for (const [of, when] of [
    [id, hook("secret")],
    [hooked, daily],
    [hooked, hook("standard")],
  ] as const) {
    const refused = await ask("PUT", `/api/schedules/${of}`, { name: randomUUID(), when });
    expect([refused.status, refused.json.error.field]).toEqual([400, "when"]);
  }
  const wrong = { name, when: { ...daily, times: { cron: "x" } } };
  expect(await ask("PUT", `/api/schedules/${id}`, wrong)).toMatchObject({
    status: 400,
    json: { error: { field: "cron" } },
  });
});

test("a program tries a body, which starts nothing, and makes another secret, with which a call is taken", async () => {
  const id = await make(hook("secret"));
  const body = { repository: { name: "from-a-call" } };
  const tried = await ask("POST", `/api/schedules/${id}/try`, body);
  expect(tried).toEqual({ status: 200, json: { values: { project: "from-a-call" } } });
  const refused = await ask("POST", `/api/schedules/${id}/try`, { repository: {} });
  expect([refused.status, refused.json.error.message]).toEqual([
    400,
    expect.stringContaining("repository.name"),
  ]);
  expect((await site.store.triggers.firings(id, null, 9)).length).toBe(0);
  const { secret } = (await ask("POST", `/api/schedules/${id}/secret`, {})).json;
  expect((await ask("POST", `/hooks/${id}`, body, { "X-Milepost-Secret": secret })).status).toBe(202);
  expect((await ask("POST", `/api/schedules/${id}/secret`, { secret: "short" })).json.error.field).toBe(
    "secret",
  );
  const schedule = await make(daily);
  for (const verb of ["try", "secret"])
    expect([verb, (await ask("POST", `/api/schedules/${schedule}/${verb}`, {})).status]).toEqual([verb, 404]);
});

test("a program pauses all and resumes them, but not what was paused before", async () => {
  const [one, other] = [await make(daily), await make(hook("github"))];
  await ask("POST", `/api/schedules/${other}/pause`);
  const paused = async () =>
    Promise.all([one, other].map(async (id) => (await site.store.triggers.get(id))?.paused !== null));
  expect((await ask("POST", "/api/schedules/pause-all")).status).toBe(204);
  expect(await paused()).toEqual([true, true]);
  expect((await ask("POST", "/api/schedules/resume-all")).status).toBe(204);
  expect(await paused()).toEqual([false, true]);
});

test("a token for one workflow lets nothing take over what the runs of another hold", async () => {
  const after = {
    kind: "after",
    workflowId: "other",
    on: ["completed"],
    mapping: { project: "input.project" },
  };
  const limited = await bearer({ rights: ["read", "run"], workflows: ["nightly"] });
  const wish = { name: randomUUID(), workflowId: "nightly", when: after };
  const refused = [await ask("POST", "/api/schedules", wish, limited)];
  const id = await make(after);
  const own = { name: randomUUID(), when: { ...after, mapping: { project: "run.subject" } } };
  refused.push(await ask("PUT", `/api/schedules/${id}`, own, limited));
  expect(refused.map(({ status }) => status)).toEqual([403, 403]);
  expect((await site.store.triggers.get(id))?.when).toMatchObject({ mapping: after.mapping });
  expect((await ask("PUT", `/api/schedules/${id}`, own)).status).toBe(200);
});
