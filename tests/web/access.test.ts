import { afterEach, beforeEach, expect, test } from "vitest";
import type { Access } from "#core/access.ts";
import type { Actor } from "#core/actor.ts";
import { connection } from "#core/field-choices.ts";
import { appMaker, needs } from "#core/needs.ts";
import type { Role } from "#core/people.ts";
import { everything } from "#core/rights.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { repairShop } from "../apps/samples.ts";
import { ada } from "../people/ada.ts";
import { readEvents } from "./event-reader.ts";
import { listen } from "./listen.ts";
import { readMessages } from "./message-reader.ts";
import { quick } from "./quick.ts";
import { colours, openSite, readyExport, type Site, whence } from "./site.ts";

const subject = "Grace Hopper";
const keptName = "Hidden answers";
const approvedByBob = workflow("deletes", "Deletes", "Asks first.", start({ subject: () => "all" }))
  .approve("ok", "Delete all", {
    about: () => ({ what: "All is deleted.", risk: "high", impact: [], who: { people: ["Bob"] } }),
  })
  .hands(() => ({ sentence: "Done." }));
const maker = workflow(appMaker, "Generate", "Makes an app.", start({ subject: () => "" }))
  .do("make", "Make", { run: async () => "made" })
  .hands(() => ({
    sentence: "",
  }));

/** Takes the connections of the site that is open. */
const through = workflow(
  "through",
  "Through",
  "Works with a connection.",
  start({
    fields: [
      connection("connection", "Where?", {
        from: {
          list: (kind) => site.deps.connections.list(kind),
          open: (id) => site.deps.connections.open(id),
        },
        kind: "echo",
        what: "servers",
        whenEmpty: "None.",
        builtInMark: "",
      }),
    ],
    input: ({ connection: { id } }) => ({ connectionId: id }),
    subject: () => "through",
  }),
)
  .do("go", "Go", { run: async () => "gone" })
  .hands(() => ({ sentence: "" }));

let site: Site;
beforeEach(async () => {
  site = await openSite({ workflows: [colours(), quick, approvedByBob, maker, through] });
});
afterEach(() => site.close());

const say = (id: string, access: Access) =>
  site.deps.access.say({ kind: "workflow", id, title: id }, access, ada);
const nobody = { roles: [], people: [] };
const only = (...people: string[]) => ({ roles: [], people });

/** Somebody with a token of theirs. */
const someone = async (role: Role, name = `${role} ${site.deps.newId()}`) => {
  const { person } = await site.deps.people.invite({ name, role }, ada);
  const by: Actor = { kind: "person", id: person.id, name, personId: person.id };
  const { secret } = await site.deps.tokens.create({ name, scope: everything, lastsMs: null }, by);
  const session = await site.deps.signIn.openSession({ personId: person.id, name, tokenId: null }, whence);
  return { person, by, headers: { Authorization: `Bearer ${secret}` }, cookie: `milepost=${session}` };
};
type Someone = Awaited<ReturnType<typeof someone>>;

const ask = async ({ headers }: Pick<Someone, "headers">, method: string, path: string, body?: unknown) => {
  const answer = await site.app.request(path, {
    method,
    headers: { ...headers, Accept: "application/json", "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: answer.status === 204 ? "" : await answer.text() };
};

/** Every address with each way in which it may be asked. */
const addresses = () =>
  [
    ...new Set(
      site.app.routes
        .filter(({ path }) => needs.has(path))
        .flatMap(({ method, path }) =>
          (method === "ALL" ? ["GET", "POST"] : [method]).map((one) => `${one} ${path}`),
        ),
    ),
  ].map((one) => one.split(" ") as [string, string]);

/** A run, an export, kept answers and an app, all of workflows that are then hidden from everybody but admins. */
const hideAll = async () => {
  const run = await site.asking(subject);
  const exported = await readyExport(site, "url\nhttps://a.example\n", "hidden.csv");
  const { row } = await site.store.exports.reserve(
    { ...(await site.store.exports.get(exported)), queryHash: "of the hidden run" } as never,
    run,
    null,
  );
  await site.store.kept.put({
    id: "kept-1",
    of: "colours",
    name: keptName,
    what: { kind: "answers", beginning: { values: {}, mode: "automatic", former: null } },
    keptAt: 1,
    keptBy: "Ada",
  });
  site.deps.apps.create(repairShop, run);
  return { run, workflow: "colours", export: row.id, kept: "kept-1", app: "repair-shop" };
};
const filledIn = (path: string, id: string) =>
  path
    .replace(":file{[a-z0-9-]+\\.zip}", `${id}.zip`)
    .replace(":number{[0-9]{1,9}}", "1")
    .replace(/:(?:id|slug)/, id)
    .replace("api/*", "api/db/customers")
    .replace(/\*$/, "")
    .replace(/:\w+/g, "none");

test.each<Role>(["viewer", "operator"])(
  "whatever a %s may not see is at every address for them what never was, and without a rule it is there",
  async (role) => {
    const there = await hideAll();
    const who = await someone(role);
    const known = (path: string) => {
      const { of = null } = needs.get(path) ?? {};
      return typeof of === "string" && of in there ? there[of as keyof typeof there] : null;
    };
    const about = addresses().filter(([, path]) => known(path) !== null && path !== "/api/db/*");
    expect(about.length).toBeGreaterThan(50);
    const isRead = ([method, path]: [string, string]) =>
      method === "GET" && !/live|events|^\/ws|status|hand-over|input$|:step/.test(path);
    for (const [method, path] of about.filter(isRead))
      expect([path, (await ask(who, method, filledIn(path, known(path) ?? ""))).status]).not.toEqual([
        path,
        404,
      ]);
    await say("colours", { see: nobody });
    await say(appMaker, { see: nobody });
    for (const [method, path] of about) {
      const id = known(path) ?? "";
      const hidden = await ask(who, method, filledIn(path, id));
      const never = await ask(who, method, filledIn(path, "never"));
      expect([method, path, hidden.status]).toEqual([method, path, hidden.status === 403 ? 403 : 404]);
      if (hidden.status === 403 || needs.get(path)?.of === "run")
        expect([method, path, hidden]).toEqual([method, path, never]);
    }
  },
);

test("no list, search, count, feed or description tells of what somebody may not see, and all tell who may", async () => {
  const { run, export: exportId } = await hideAll();
  const who = await someone("operator");
  const lists = [
    ...[
      "/",
      "/runs",
      "/runs?search=Grace",
      "/exports",
      "/apps",
      "/find?words=",
      "/find?words=grace",
      "/find?words=colours",
    ],
    ...["/?fragment=live&v=0", "/runs?fragment=live&v=0", "/exports?fragment=live&v=0", "/settings"],
    ...[
      "/api/runs",
      "/api/runs?search=grace",
      "/api/runs?workflowId=colours",
      "/api/exports",
      "/api/workflows",
      "/workflows",
    ],
    ...["/api/tasks", "/api/openapi.json", "/api/docs"],
  ];
  const words = [subject, keptName, "/workflows/colours", "values-colours", run, exportId, "repair-shop"];
  const told = async () => {
    const found = new Set<string>();
    for (const path of lists) {
      const { status, text } = await ask(who, "GET", path);
      expect([path, status]).toEqual([path, 200]);
      for (const word of words) if (text.includes(word)) found.add(word);
    }
    return found;
  };
  expect(await told()).toEqual(new Set(words));
  const counted = async () =>
    (await ask(who, "GET", "/metrics")).text.match(/milepost_runs\{state="asking"\} (\d)/)?.[1];
  expect(await counted()).toBe("1");
  await say("colours", { see: nobody });
  await say(appMaker, { see: nobody });
  expect(await told()).toEqual(new Set());
  expect(await counted()).toBe("0");
  expect(JSON.parse((await ask(who, "GET", "/api/tasks")).text)).toMatchObject({ total: 0 });
});

test("what another workflow's run was started with fills in no form", async () => {
  const run = await site.asking(subject);
  const who = await someone("operator");
  await say("colours", { see: nobody });
  for (const query of [`like=${run}`, "kept=kept-1"])
    expect((await ask(who, "GET", `/workflows/quick?${query}`)).status).toBe(404);
});

test("a rule takes effect on streams and sockets that are open, and the feed of all runs leaves out what is hidden", async () => {
  const run = await site.asking(subject);
  const who = await someone("operator");
  const server = await listen(site);
  try {
    const stream = await readEvents(server.origin, `/api/runs/${run}/events`, who.headers);
    const socket = await readMessages(server.origin, `/ws/runs/${run}`, who.headers);
    await say("colours", { see: nobody });
    await Promise.all([stream.ended, socket.closed]);
    expect((await readEvents(server.origin, `/api/runs/${run}/events`, who.headers)).status).toBe(404);
    await expect(readMessages(server.origin, `/ws/tasks/${run}`, who.headers)).rejects.toThrow("404");
    const all = await readMessages<{ runId: string }>(server.origin, "/ws/runs?since=0", who.headers);
    const hidden = await site.asking(subject);
    const { runId } = await site.engine.start("quick", {}, "Ada");
    await all.until((messages) => messages.some((message) => message.runId === runId));
    expect(all.messages.filter(({ runId: id }) => id === run || id === hidden)).toEqual([]);
    all.close();
  } finally {
    server.close();
  }
});

test("polls of somebody from whom something is hidden are answered as the router answers, in front of it or not", async () => {
  const run = await site.asking(subject);
  const other = (await site.engine.start("quick", {}, "Ada")).runId;
  const who = await someone("operator");
  await say("colours", { see: nobody });
  const server = await listen(site);
  try {
    const poll = (id: string) =>
      fetch(`${server.origin}/runs/${id}/progress?v=0`, {
        headers: { Cookie: who.cookie, "HX-Request": "true" },
      });
    expect([(await poll(run)).status, (await poll(other)).status]).toEqual([404, 200]);
    await say("colours", {});
    expect((await poll(run)).status).toBe(200);
  } finally {
    server.close();
  }
});

test("whom a rule names may start, answer and undo, whatever their role, and nobody else but admins", async () => {
  const [viewer, operator, admin] = await Promise.all([
    someone("viewer"),
    someone("operator"),
    someone("admin"),
  ]);
  const starts = async (who: Someone) =>
    (await ask(who, "POST", "/api/workflows/colours/runs", { values: { name: "x" } })).status;
  expect([await starts(viewer), await starts(operator)]).toEqual([403, 202]);
  await say("colours", {
    start: only(viewer.person.id),
    answer: only(viewer.person.id),
    undo: only(viewer.person.id),
  });
  expect([await starts(viewer), await starts(operator), await starts(admin)]).toEqual([202, 403, 202]);
  const run = await site.asking();
  const seen = async (who: Someone) =>
    JSON.parse((await ask(who, "GET", `/api/runs/${run}`)).text) as {
      may: Record<string, boolean>;
      steps: { mayAnswer: boolean }[];
    };
  expect([(await seen(viewer)).may.modify, (await seen(operator)).may.modify]).toEqual([true, false]);
  expect([(await seen(viewer)).steps[0]?.mayAnswer, (await seen(operator)).steps[0]?.mayAnswer]).toEqual([
    true,
    false,
  ]);
  const answers = (who: Someone) =>
    ask(who, "POST", `/api/runs/${run}/steps/colour/answer`, { values: { colour: "red" } });
  expect([(await answers(operator)).status, (await answers(viewer)).status]).toEqual([403, 200]);
  expect((await ask(operator, "POST", `/api/runs/${run}/undo`)).status).toBe(403);
  expect((await ask(viewer, "POST", `/api/runs/${run}/undo`)).status).not.toBe(403);
  await say("colours", { start: { roles: ["viewer"], people: [] } });
  expect([await starts(viewer), await starts(operator)]).toEqual([202, 403]);
});

test("a viewer whom a question names answers it, unless a rule leaves that to others", async () => {
  const bob = await someone("viewer", "Bob");
  const other = await someone("viewer");
  const asked = async () => {
    const { runId } = await site.engine.start("deletes", {}, "Ada");
    await site.engine.settled(runId, 5_000, new AbortController().signal);
    return runId;
  };
  const approves = async (who: Someone, runId: string) =>
    (await ask(who, "POST", `/api/runs/${runId}/steps/ok/answer`, { values: {} })).status;
  const runId = await asked();
  expect(await (await site.get(`/runs/${runId}`, { cookie: bob.cookie })).text()).toContain(
    "steps/ok/answer",
  );
  expect([await approves(other, runId), await approves(bob, runId)]).toEqual([403, 200]);
  await say("deletes", { answer: only(other.person.id) });
  expect(await approves(bob, await asked())).toBe(403);
});

test("an admin says on a page or by the API who may, it stands there and in the audit, and what cannot be is refused", async () => {
  const bob = await someone("viewer", "Bob");
  const path = "/workflows/colours/access";
  const form = { see: "these", "see-role": "operator", "see-person": bob.person.id, start: "role" };
  expect((await site.post(path, form)).status).toBe(303);
  const expected = { see: { roles: ["operator"], people: [bob.person.id] } };
  expect(await (await site.call("GET", `/api${path}`)).json()).toEqual(expected);
  const page = await (await site.get(path)).text();
  expect(page).toMatch(new RegExp(`value="${bob.person.id}" checked`));
  const put = async (body: unknown) => (await site.call("PUT", `/api${path}`, body)).status;
  for (const wrong of [{ see: { people: ["nobody"] } }, { fly: {} }, { see: { roles: ["king"] } }, []])
    expect([wrong, await put(wrong)]).toEqual([wrong, 400]);
  expect(await put({ start: { roles: ["operator"] } })).toBe(200);
  expect(site.deps.access.of("workflow", "colours")).toEqual({ start: { roles: ["operator"], people: [] } });
  expect(await put({})).toBe(200);
  expect(site.deps.access.of("workflow", "colours")).toBeNull();
  const [last] = await site.store.accounts.audits(1);
  expect(last).toMatchObject({
    did: "said who may use a workflow",
    target: expect.stringContaining("Colours"),
  });
  expect((await site.get("/workflows/none/access")).status).toBe(404);
});

test("a connection that is for others is in no form, and no run begins with it, by whatever way", async () => {
  const [bob, other] = await Promise.all([someone("operator", "Bob"), someone("operator")]);
  const add = (name: string) =>
    site.deps.connections.add("echo", name, { address: "a", token: "right" }, ada);
  const theirs = await add("Bob's own");
  const starts = async (who: Someone, values: object) => {
    const { status, text } = await ask(who, "POST", "/api/workflows/through/runs", { values });
    return [status, (JSON.parse(text) as { id?: string }).id ?? ""] as const;
  };
  expect((await starts(other, { connection: theirs.id }))[0]).toBe(202);
  await site.deps.access.say(
    { kind: "connection", id: theirs.id, title: "Bob's own" },
    { use: only(bob.person.id) },
    ada,
  );
  // Where there is only one, it need not be named.
  for (const values of [{ connection: theirs.id }, { connection: "Bob's own" }, {}])
    expect([values, (await starts(other, values))[0]]).toEqual([values, 403]);
  const [status, run] = await starts(bob, { connection: theirs.id });
  expect(status).toBe(202);
  expect((await ask(other, "POST", `/api/runs/${run}/clone`)).status).toBe(403);
  expect((await ask(other, "POST", "/api/workflows/through/plan", { values: {} })).status).toBe(403);
  const formOf = async ({ cookie }: Someone) => (await site.get("/workflows/through", { cookie })).text();
  expect([(await formOf(bob)).includes(theirs.id), (await formOf(other)).includes(theirs.id)]).toEqual([
    true,
    false,
  ]);
  const shared = await add("For all");
  expect(await formOf(other)).toContain(shared.id);
  expect((await starts(other, { connection: shared.id }))[0]).toBe(202);
  expect((await ask(other, "GET", `/connections/${shared.id}`)).status).toBe(403);
});
