import { createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { secret, text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { blocksOf, textOf as docOf } from "../docs/code-blocks.ts";
import { colours, openSite, type Site } from "./site.ts";

const nightly = workflow(
  "nightly",
  "Nightly",
  "",
  start({
    fields: [
      text("project", "Project", {
        required: true,
        shape: { is: /^[a-z]+$/, says: "A project has small letters." },
      }),
      secret("key", "Key"),
    ],
    subject: ({ project }) => project,
  }),
)
  .do("only", "Only", { run: async ({ input }) => ({ project: input.project, rows: 3 }) })
  .hands(() => ({ sentence: "Done." }));

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [nightly, colours()] });
});
afterAll(() => site.close());

type Made = { id: string; secret: string | null; next: number[]; words: string };
const make = async (
  body: object,
): Promise<{ status: number; made: Made; error?: { message: string; field?: string } }> => {
  const answer = await site.call("POST", "/api/schedules", body);
  const json = (await answer.json()) as Made & { error?: { message: string; field?: string } };
  return { status: answer.status, made: json, ...(json.error === undefined ? {} : { error: json.error }) };
};
const hook = (proof: string, over: object = {}) =>
  make({
    name: `hook ${randomUUID()}`,
    workflowId: "nightly",
    when: { kind: "hook", proof, mapping: { project: "repository.name" } },
    ...over,
  });
const call = async (id: string, headers: Record<string, string>, body = '{"repository":{"name":"shop"}}') => {
  const answer = await site.app.request(`/hooks/${id}`, { method: "POST", body, headers });
  return {
    status: answer.status,
    replayed: answer.headers.get("Idempotency-Replayed"),
    retryAfter: answer.headers.get("Retry-After"),
    json: (await answer.json()) as {
      run?: { id: string; page: string };
      error?: { code: string; message: string };
    },
  };
};
const runOf = async (id: string | undefined) => (await site.store.run(id ?? ""))?.run;

test("the example of the documentation makes a schedule, and the page of it shows its next times, in words and in both zones", async () => {
  const [example] = blocksOf(docOf("start/schedules.md")).filter(({ language }) => language === "json");
  const { status, made } = await make(JSON.parse(example?.text ?? ""));
  expect([status, made.words, made.next.length]).toEqual([201, "every day at 02:30 (Europe/Berlin)", 5]);
  const page = await (await site.get(`/schedules/${made.id}`)).text();
  expect(page.match(/, 02:30<\/td>/g)?.length).toBe(5);
  expect(page).toContain("there is no 02:30");
  expect(page).toContain("02:30 comes twice");
  for (const path of ["/schedules", "/workflows/nightly", "/find?words=nightly+export"])
    expect([path, await (await site.get(path)).text()]).toEqual([
      path,
      expect.stringContaining(`/schedules/${made.id}`),
    ]);
  const listed = (await (await site.call("GET", "/api/schedules")).json()) as {
    schedules: { name: string }[];
  };
  expect(listed.schedules.map(({ name }) => name)).toContain("Nightly export");
});

test("a form makes a schedule of a past run with its answers, says that it may ask, and keeps what was typed where something is wrong", async () => {
  const like = await site.asking("Grace");
  await site.engine.answer(like, "colour", { colour: "red" }, "Ada");
  const asked = `/new-schedule?workflow=colours&kind=schedule&like=${like}`;
  const page = await (await site.get(asked)).text();
  expect(page).toContain("Which colour?");
  expect(page).toContain('value="Grace"');
  const form = {
    "milepost-kind": "schedule",
    "milepost-workflow": "colours",
    "milepost-like": like,
    "milepost-name": "Mondays",
    "milepost-how": "week",
    "milepost-days": "1",
    "milepost-at": "07:00",
    "milepost-zone": "UTC",
    "milepost-missed": "once",
    "milepost-overlap": "skip",
    name: "Grace",
  };
  const shown = await site.post("/schedules", { ...form, press: "plan:" });
  expect([shown.status, (await shown.text()).match(/Mon, [^<]*, 07:00/g)?.length]).toEqual([200, 5]);
  for (const [wrong, field] of [
    [{ "milepost-at": "25:00" }, "milepost-at"],
    [{ "milepost-zone": "Nowhere" }, "milepost-zone"],
    [{ "milepost-how": "cron", "milepost-cron": "x" }, "milepost-cron"],
    [{ "milepost-name": "" }, "milepost-name"],
    [{ name: "" }, "name"],
  ] as const) {
    const refused = await site.post("/schedules", { ...form, ...wrong });
    const html = await refused.text();
    expect([
      field,
      refused.status,
      new RegExp(`name="${field}"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*name="${field}"`).test(
        html,
      ),
    ]).toEqual([field, 400, true]);
    expect(html).toContain('value="Mondays"'.slice(0, field === "milepost-name" ? 0 : undefined));
  }
  const made = await site.post("/schedules", form);
  expect(made.status).toBe(303);
  const id = made.headers.get("Location")?.split("/").at(-1) ?? "";
  expect((await site.store.triggers.get(id))?.former?.colour?.answer).toBe("red");
  const changed = await site.post(`/schedules/${id}`, {
    ...form,
    "milepost-how": "day",
    "milepost-at": "18:30",
  });
  expect([changed.status, (await site.store.triggers.get(id))?.when]).toEqual([
    303,
    expect.objectContaining({ times: { cron: "30 18 * * *" } }),
  ]);
  const now = await site.post(`/schedules/${id}/start`);
  const run = await runOf(now.headers.get("Location")?.split("/").at(-1));
  expect(run?.cause).toMatchObject({ kind: "schedule", name: "Mondays" });
  expect(await (await site.get(`/runs/${run?.id}`)).text()).toContain("schedule “Mondays”");
  for (const [verb, paused, from, back] of [
    ["pause", true, `/schedules/${id}`, `/schedules/${id}`],
    ["resume", false, "/workflows/colours?x=1", "/workflows/colours?x=1"],
    ["pause", true, "/schedules", "/schedules"],
    ["resume", false, `/schedules/${id}/secret`, "/schedules"],
    ["remove", undefined, `/schedules/${id}`, "/schedules"],
  ] as const) {
    const headers = { Referer: `http://elsewhere.invalid${from}` };
    const done = await site.post(`/schedules/${id}/${verb}`, {}, { headers });
    expect([done.status, done.headers.get("Location")], `${verb} on ${from}`).toEqual([303, back]);
    const trigger = await site.store.triggers.get(id);
    expect([verb, trigger === null ? undefined : trigger.paused !== null]).toEqual([verb, paused]);
  }
});

test("a hook starts one run for each delivery, whoever proves to know its secret, and tells nobody else whether it is there", async () => {
  const { made } = await hook("secret");
  const key = made.secret ?? "";
  const first = await call(made.id, { "X-Milepost-Secret": key, "Idempotency-Key": "one" });
  expect(first.status).toBe(202);
  expect(await runOf(first.json.run?.id)).toMatchObject({
    subject: "shop",
    cause: { kind: "hook", triggerId: made.id },
  });
  const again = await Promise.all(
    Array.from({ length: 20 }, () =>
      call(made.id, { Authorization: `Bearer ${key}`, "Idempotency-Key": "one" }),
    ),
  );
  expect(new Set(again.map(({ json, replayed }) => `${json.run?.id} ${replayed}`))).toEqual(
    new Set([`${first.json.run?.id} true`]),
  );
  const other = await call(
    made.id,
    { "X-Gitlab-Token": key, "Idempotency-Key": "one" },
    '{"repository":{"name":"other"}}',
  );
  expect([other.status, other.json.error?.code]).toEqual([422, "key-reused"]);
  const deep = `{"repository":{"name":"shop"},"deep":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
  expect((await call(made.id, { "X-Gitlab-Token": key }, deep)).status).toBe(202);
  // Without a name each call is one of its own.
  const [a, b] = [
    await call(made.id, { "X-Gitlab-Token": key }),
    await call(made.id, { "X-Gitlab-Token": key }),
  ];
  expect(a.json.run?.id).not.toBe(b.json.run?.id);
  const wrong = await call(made.id, { "X-Milepost-Secret": `${key}x` });
  const none = await call("nothing", { "X-Milepost-Secret": key });
  expect([wrong.status, none.status, wrong.json]).toEqual([401, 401, none.json]);
  expect((await site.app.request(`/hooks/${made.id}?secret=${key}`, { method: "POST" })).status).toBe(401);
});

test("a signature proves a call only of these very bytes and, with Standard Webhooks, of now", async () => {
  const body = '{"repository": {"name":"shop"}}';
  const github = (await hook("github")).made;
  const hmac = (secret: string | Buffer, of: string) => createHmac("sha256", secret).update(of).digest();
  const signed = (of: string) => ({
    "X-Hub-Signature-256": `sha256=${hmac(github.secret ?? "", of).toString("hex")}`,
  });
  const delivery = { "X-GitHub-Delivery": "d1", "X-GitHub-Event": "push" };
  expect((await call(github.id, { ...signed(body), ...delivery }, body)).status).toBe(202);
  expect((await call(github.id, { ...signed(body), ...delivery }, `${body} `)).status).toBe(401);
  expect((await call(github.id, signed(body), body)).status).toBe(400);
  const ping = await call(
    github.id,
    { ...signed("{}"), "X-GitHub-Event": "ping", "X-GitHub-Delivery": "d2" },
    "{}",
  );
  expect([ping.status, ping.json]).toEqual([200, { pong: true }]);

  const standard = (await hook("standard")).made;
  const secretKey = Buffer.from((standard.secret ?? "").replace("whsec_", ""), "base64");
  const at = (seconds: number, id = "m1", of = body) => ({
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": `v1,bm9uZQ== v1,${hmac(secretKey, `${id}.${seconds}.${of}`).toString("base64")}`,
  });
  const now = Math.floor(Date.now() / 1000);
  const taken = await call(standard.id, at(now), body);
  expect(taken.status).toBe(202);
  expect((await call(standard.id, at(now), body)).json.run?.id).toBe(taken.json.run?.id);
  expect((await call(standard.id, { ...at(now), "webhook-id": "m2" }, body)).status).toBe(401);
  for (const old of [now - 301, now + 400])
    expect([old, (await call(standard.id, at(old, "m3"), body)).status]).toEqual([old, 400]);
});

test("what a call brings is checked as if it was typed, and the list shows it without its secrets", async () => {
  const { made } = await make({
    name: `hook ${randomUUID()}`,
    workflowId: "nightly",
    when: { kind: "hook", proof: "secret", mapping: { project: "name", key: "deep.it" } },
  });
  const headers = { "X-Milepost-Secret": made.secret ?? "" };
  for (const [body, message] of [
    ['{"name":"SHOP"}', "There is nothing at “deep.it”"],
    ['{"name":"SHOP; rm -rf /","deep":{"it":"hidden-in-deep"}}', "small letters"],
    ['{"name":{"a":1},"deep":{"it":"x"}}', "is not a text"],
    ["{", "not JSON"],
  ] as const) {
    const refused = await call(made.id, headers, body);
    expect([body, refused.status, refused.json.error?.message]).toEqual([
      body,
      400,
      expect.stringContaining(message),
    ]);
  }
  const big = await call(made.id, headers, JSON.stringify({ name: "x".repeat(300_000) }));
  expect(big.status).toBe(413);
  const body = { name: "shop", deep: { it: "hidden-in-deep" }, api_key: "hidden-by-name" };
  const started = await call(made.id, headers, JSON.stringify(body));
  expect(started.status).toBe(202);
  for (let n = 0; n < 11; n++) await call(made.id, headers, JSON.stringify({ ...body, n }));
  const shown = await (await site.call("GET", `/api/schedules/${made.id}`)).text();
  const { firings } = JSON.parse(shown) as { firings: { became: string; body: string | null }[] };
  expect(firings.filter((one) => one.body !== null)).toHaveLength(10);
  expect(firings.filter(({ became }) => became === "refused")).toHaveLength(4);
  const page = await (await site.get(`/schedules/${made.id}`)).text();
  for (const text of [shown, page]) {
    expect(text).not.toContain("hidden-");
    expect(text).not.toContain(made.secret);
  }
  const tried = await site.post(`/schedules/${made.id}/try`, { body: '{"name":"SHOP","deep":{"it":"x"}}' });
  expect(await tried.text()).toContain("small letters");
  expect(
    await (await site.post(`/schedules/${made.id}/try`, { body: JSON.stringify(body) })).text(),
  ).toContain("&quot;project&quot;: &quot;shop&quot;");
});

test("after a change of the secret the one before holds for a day, a hook that pauses refuses, and one that is asked too often says when to come again", async () => {
  const { made } = await hook("secret");
  const old = { "X-Milepost-Secret": made.secret ?? "" };
  const page = await (
    await site.post(`/schedules/${made.id}/secret`, { secret: "another-secret-of-ours" })
  ).text();
  expect(page).toContain("another-secret-of-ours");
  const fresh = { "X-Milepost-Secret": "another-secret-of-ours" };
  expect([(await call(made.id, old)).status, (await call(made.id, fresh)).status]).toEqual([202, 202]);
  expect((await site.post(`/schedules/${made.id}/secret`, { secret: "short" })).status).toBe(400);
  await site.post(`/schedules/${made.id}/pause`);
  const paused = await call(made.id, fresh);
  expect([paused.status, paused.json.error?.message]).toEqual([
    409,
    expect.stringContaining("This hook is paused"),
  ]);
  const many = await Promise.all(Array.from({ length: 70 }, () => call(made.id, fresh)));
  const refused = many.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(5);
  expect(Number(refused[0]?.retryAfter)).toBeGreaterThan(0);
});

test("who may not start a workflow makes nothing that starts it, and who did not make it does not change it", async () => {
  const { made } = await make({
    name: "Of Ada",
    workflowId: "nightly",
    values: { project: "shop" },
    when: { kind: "schedule", times: { everyMinutes: 60 }, zone: "UTC" },
  });
  const { link } = await site.deps.people.invite(
    { name: "Linus", role: "operator", email: "" },
    {
      kind: "person",
      id: "owner",
      name: "Ada",
    },
  );
  const session = await site.deps.signIn.useLink(link, { device: "", place: "" });
  const cookie = `milepost=${session}`;
  expect(await (await site.get("/schedules", { cookie })).text()).not.toContain(
    `/schedules/${made.id}/pause`,
  );
  for (const verb of ["pause", "remove", "start"])
    expect([verb, (await site.post(`/schedules/${made.id}/${verb}`, {}, { cookie })).status]).toEqual([
      verb,
      403,
    ]);
  expect((await site.post("/schedules/pause-all", {}, { cookie })).status).toBe(403);
  await site.deps.people.change(
    (await site.deps.people.list()).find(({ name }) => name === "Linus")?.id ?? "",
    { name: "Linus", role: "viewer" },
    { kind: "person", id: "owner", name: "Ada" },
  );
  expect((await site.get("/new-schedule?workflow=nightly", { cookie })).status).toBe(403);
});
