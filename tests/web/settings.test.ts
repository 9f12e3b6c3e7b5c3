import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createConnectionBook } from "#connections/book.ts";
import { createSeal } from "#connections/seal.ts";
import { realClock } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { echoKind, forRuns, openSite, presetToken, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const htmx = { headers: { "HX-Request": "true" } };
const secret = "sw0rdf1sh-secret";

test("a new token is shown once, works, and stops working when it is removed", async () => {
  const made = await site.post("/settings/tokens", { name: "nightly" });
  const token = /mp_[\w-]{43}/.exec(await made.text())?.[0] ?? "";
  const use = () => site.get("/api/runs", { cookie: null, headers: { Authorization: `Bearer ${token}` } });
  expect((await use()).status).toBe(200);
  const page = await (await site.get("/settings")).text();
  expect(page).toContain("nightly");
  expect(page).not.toContain(token);
  const [row] = await site.deps.tokens.list(null);
  expect((await site.post(`/settings/tokens/${row?.id}/remove`)).status).toBe(303);
  expect((await use()).status).toBe(401);
});

test("the settings tell admins of the token that the environment sets, and not what it is", async () => {
  const page = await (await site.get("/settings")).text();
  expect(page).toContain("One more is set by <code>MILEPOST_API_TOKEN</code>");
  expect(page).not.toContain(presetToken);
});

test("the settings list who is signed in from where, and end one or all others but not the one who asks", async () => {
  const open = async (device: string) =>
    `milepost=${await site.deps.signIn.openSession({ personId: "owner", name: "Ada", tokenId: null }, { device, place: "192.0.2.7" })}`;
  const [phone, laptop] = [await open("Safari on iPhone"), await open("Edge on Windows")];
  const page = await (await site.get("/settings")).text();
  for (const told of ["Safari on iPhone", "Edge on Windows", "192.0.2.7", "(this browser)"])
    expect(page).toContain(told);
  const [one] = (await site.deps.signIn.sessions(null)).filter(({ device }) => device === "Safari on iPhone");
  expect((await site.post(`/settings/sessions/${one?.id}/end`)).status).toBe(303);
  const alive = async () =>
    Promise.all([phone, laptop, site.cookie].map(async (cookie) => (await site.get("/", { cookie })).status));
  expect(await alive()).toEqual([303, 200, 200]);
  expect((await site.post(`/settings/sessions/${one?.id}/end`)).status).toBe(404);
  expect((await site.post("/settings/sessions/end-others")).status).toBe(303);
  expect(await alive()).toEqual([303, 303, 200]);
});

test("a connection is added, tested at once and listed, and its secret is on no page", async () => {
  const added = await site.post("/connections", {
    kind: "echo",
    name: "Mine",
    address: "here",
    token: secret,
  });
  expect([added.status, added.headers.get("Location")]).toEqual([303, "/connections"]);
  const list = await (await site.get("/connections")).text();
  expect(list).toContain("Mine");
  expect(list).toContain("The token is wrong.");
  const [row] = await site.deps.connections.all();
  const form = await (await site.get(`/connections/${row?.id}`)).text();
  for (const page of [list, form]) expect(page).not.toContain(secret);
});

test("a wrong value shows the form with what was typed, but never the secret; nothing is stored", async () => {
  const before = (await site.deps.connections.all()).length;
  const answer = await site.post("/connections", {
    kind: "echo",
    name: "Other",
    address: "a b",
    token: secret,
  });
  const page = await answer.text();
  expect(answer.status).toBe(400);
  expect(page).toContain("An address has no spaces.");
  expect(page).toContain('value="Other"');
  expect(page).toContain('value="a b"');
  expect(page).not.toContain(secret);
  expect(await site.deps.connections.all()).toHaveLength(before);
});

test("changing with an empty secret keeps it; a test answers with the row for htmx", async () => {
  const { id } = await site.deps.connections.add("echo", "Kept", { address: "here", token: "right" }, ada);
  const changed = await site.post(`/connections/${id}`, {
    kind: "echo",
    name: "Kept 2",
    address: "here",
    token: "",
  });
  expect(changed.status).toBe(303);
  expect((await site.deps.connections.open(id)).values).toEqual({ address: "here", token: "right" });
  const tested = await site.post(`/connections/${id}/test`, {}, htmx);
  expect(await tested.text()).toMatch(/^<li[^>]*id="connection-.*Signed in\./s);
  expect((await site.post(`/connections/${id}/test`)).status).toBe(303);
});

test("a removed connection is gone, and who did it is in the audit", async () => {
  const { id } = await site.deps.connections.add("echo", "Gone soon", { address: "x", token: "y" }, ada);
  expect((await site.post(`/connections/${id}/remove`)).status).toBe(303);
  expect((await site.get(`/connections/${id}`)).status).toBe(404);
  expect((await site.post(`/connections/${id}/test`)).status).toBe(404);
  expect(await (await site.get("/settings")).text()).toMatch(/removed a connection.*Gone soon/s);
});

test("when the key was lost, a connection says that its secret must be entered again, and entering it mends it", async () => {
  const { id } = await site.deps.connections.add("echo", "Mine", { address: "here", token: "right" }, ada);
  const { connections: table, accounts } = site.store;
  const lost = await openSite({
    store: site.store,
    deps: {
      connections: createConnectionBook({
        table,
        accounts,
        seal: createSeal(randomBytes(32), randomBytes),
        kinds: [echoKind],
        clock: realClock,
        random: randomBytes,
      }),
    },
  });
  const mine = { kind: "echo", name: "Mine", address: "here" };
  for (const told of [
    await lost.post(`/connections/${id}/test`, {}, htmx),
    await lost.post(`/connections/${id}`, { ...mine, token: "" }),
  ]) {
    expect(told.status).toBe(409);
    expect(await told.text()).toContain("Enter the secret again.");
  }
  expect((await lost.post(`/connections/${id}`, { ...mine, token: "right" })).status).toBe(303);
  expect((await lost.deps.connections.get(id)).lastTest).toMatchObject({ ok: true });
  await lost.engine.close();
});

test("everything that people do with runs stands under who did what, by pages and by programs", async () => {
  const started = await site.post("/workflows/colours/runs", { name: "Audited" });
  const runId = started.headers.get("Location")?.split("/").at(-1) ?? "";
  await site.post(`/runs/${runId}/pause`);
  await site.post(`/runs/${runId}/resume`);
  await site.post(`/runs/${runId}/steps/colour/answer`, { colour: "nothing" });
  await site.call("POST", `/api/runs/${runId}/cancel`);
  const about = (await site.store.accounts.audits(100)).filter(({ target }) => target.endsWith(": Audited"));
  expect(about.map(({ by, did }) => `${by.name} ${did}`).toReversed()).toEqual([
    "Ada started a run",
    "Ada paused a run",
    "Ada resumed a run",
    "API token of the environment cancelled a run",
  ]);
  expect(await (await site.get("/settings")).text()).toContain("Colours: Audited");
});

test("what a token does stands under its name and whose it is, and the audit tells one token from another", async () => {
  const cookie = await site.newSession();
  const made = await Promise.all([1, 2].map(() => site.deps.tokens.create(forRuns("Ada"), ada)));
  const runId = await site.asking("Told apart");
  const by = (at: number) => ({ Authorization: `Bearer ${made[at]?.secret}` });
  await site.call("POST", `/api/runs/${runId}/pause`, undefined, by(0));
  await site.post(`/runs/${runId}/resume`, {}, { cookie });
  await site.call("POST", `/api/runs/${runId}/cancel`, undefined, by(1));
  const about = (await site.store.accounts.audits(100)).filter(({ target }) =>
    target.endsWith(": Told apart"),
  );
  const [first, second] = made.map(({ token }) => ({ kind: "token", id: token.id, name: "Ada (Owner)" }));
  const person = { kind: "person", id: "owner", name: "Ada" };
  expect(about.map(({ by }) => by).toReversed()).toEqual([first, person, second]);
});
