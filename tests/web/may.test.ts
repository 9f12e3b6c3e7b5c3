import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#core/actor.ts";
import { needs } from "#core/needs.ts";
import { type Role, roles } from "#core/people.ts";
import { type Action, everything, type Right, type Scope } from "#core/rights.ts";
import { ada } from "../people/ada.ts";
import { openSite, type Site, whence } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const open = [
  "/sign-in",
  "/sign-in/passkey",
  "/sign-in/oidc",
  "/sign-in/oidc/return",
  "/static/:name",
  "/hooks/:id",
  "/healthz",
  "/readyz",
  "/docs",
  "/docs/*",
  "/push-worker.js",
  "/manifest.webmanifest",
  "/app-icon/:size{180|192|512}",
  "/.well-known/oauth-protected-resource",
  "/.well-known/oauth-protected-resource/mcp",
  "/.well-known/oauth-authorization-server",
  "/oauth/register",
  "/oauth/token",
  "/oauth/revoke",
  "/decide/:token",
  "/decide/:token/now",
  "/shared/:secret",
  "/shared/:secret/live",
  "/shared/:secret/events",
  "/shared/:secret/file",
];
/** Every address behind the sign-in with each way in which it may be asked. */
const addresses = (): [string, string][] => {
  const mounted = site.app.routes.filter(({ path }) => path !== "/*" && !open.includes(path));
  const asked = mounted.flatMap(({ method, path }) =>
    (method === "ALL" ? ["GET", "POST"] : [method]).map((one) => `${one} ${path}`),
  );
  return [...new Set(asked)].map((one) => one.split(" ") as [string, string]);
};

/** Said anew in a few rules, so that a wrong line of the table is seen. */
const ruleOf = (method: string, path: string): Action => {
  if (path === "/sign-out" || path === "/mcp" || /^(\/api)?\/chat$/.test(path)) return "read";
  if (/^(\/api)?\/shares\//.test(path)) return "own";
  if (/^(\/api)?\/(notifications|channels|deliveries)(\/|$)/.test(path)) return "own";
  if (path.endsWith("/bell")) return "read";
  if (path === "/oauth/authorize") return "own";
  if (/^(\/settings|\/api\/tokens|\/api\/passkeys|\/api\/sessions)(\/|$)/.test(path)) return "own";
  if (/\/workflow(s\/|-)files\/:file$/.test(path)) return "admin";
  if (path === "/api/apps/:slug" || path.endsWith("/bring-back")) return "admin";
  if (path === "/apps/remove" || path === "/api/audit" || path.endsWith("/access")) return "admin";
  if (/^(\/api)?\/(people|connections|storage|scripts|nodes)(\/|$)/.test(path)) return "admin";
  if (/\/(answer|approve)$/.test(path)) return "answer";
  if (/\/(undo|rewind|modify|input)$/.test(path)) return "undo";
  if (/^(\/api)?\/schedules\/(pause|resume)-all$/.test(path)) return "admin";
  if (path === "/new-schedule") return "run";
  if (method === "GET") return "read";
  if (path.startsWith("/api/kept") || path === "/api/files") return "run";
  if (/^(\/api)?\/schedules\/:id/.test(path)) return "control";
  if (/^(\/api)?\/runs\/:id\/(?!(clone|keep)$)/.test(path) || path === "/exports/:id/delete")
    return "control";
  if (method === "DELETE") return "control";
  return "run";
};
/** What a token has to be for. */
const rightOf = (method: string, path: string): Right => {
  const action = ruleOf(method, path);
  if (action === "own") return "admin";
  return action === "control" || action === "undo" || action === "use" ? "run" : action;
};

const bearer = async (scope: Scope) => {
  const { secret } = await site.deps.tokens.create(
    { name: scope.rights.join(" "), scope, lastsMs: null },
    ada,
  );
  return { Authorization: `Bearer ${secret}` };
};
const ask = async (method: string, pattern: string, headers: Record<string, string>) => {
  const path = pattern
    .replace(":file{[a-z0-9-]+\\.zip}", "none.zip")
    .replace(":number{[0-9]{1,9}}", "1")
    .replace(/:\w+|\*/g, "none");
  const answer = await site.app.request(path, { method, headers });
  return { status: answer.status, isRefused: answer.status === 403 };
};

test("every address behind the sign-in says what it needs, and nothing else does", () => {
  const mounted = new Set(addresses().map(([, path]) => path));
  expect([...needs.keys()].sort()).toEqual([...mounted].sort());
  for (const [method, path] of addresses())
    expect([method, path, needs.get(path)?.[method === "GET" ? "see" : "change"]]).toEqual([
      method,
      path,
      ruleOf(method, path),
    ]);
});

test.each<Right>(["read", "run", "answer", "admin"])(
  "at every address a token for “%s” alone does what it is for and is refused all else",
  async (right) => {
    const headers = await bearer({ rights: [right], workflows: null });
    for (const [method, path] of addresses()) {
      const { status, isRefused } = await ask(method, path, headers);
      const may = right === "admin" || right === rightOf(method, path);
      expect([method, path, isRefused]).toEqual([method, path, !may]);
      expect([method, path, status < 500]).toEqual([method, path, true]);
    }
  },
);

const actor = ({ id, name }: { id: string; name: string }): Actor => ({
  kind: "person",
  id,
  name,
  personId: id,
});
/** A person with this role, as their browser and as a program with a token of theirs that is for everything. */
const someone = async (role: Role) => {
  const { person, link } = await site.deps.people.invite({ name: `${role} ${site.deps.newId()}`, role }, ada);
  const session = await site.deps.signIn.useLink(link, whence);
  const by = actor(person);
  const { secret } = await site.deps.tokens.create({ name: role, scope: everything, lastsMs: null }, by);
  return {
    person,
    browser: { Cookie: `milepost=${session}` },
    program: { Authorization: `Bearer ${secret}` },
  };
};
/** What each may do where it is about nothing of anybody, said anew. */
const mayHere = {
  viewer: ["read", "own"],
  operator: ["read", "own", "run", "answer", "control", "undo"],
  admin: ["read", "own", "run", "answer", "control", "undo", "admin"],
} as const satisfies Record<Role, readonly Action[]>;

test.each(roles)("at every address a %s does what the role allows and is refused all else", async (role) => {
  const { person, program } = await someone(role);
  const who = { personId: person.id, name: person.name, tokenId: null };
  for (const [method, path] of addresses()) {
    // Some addresses end the session that asks.
    const session = await site.deps.signIn.openSession(who, whence);
    const browser = { Cookie: `milepost=${session}`, "Sec-Fetch-Site": "same-origin", Host: "localhost" };
    const may = (mayHere[role] as readonly Action[]).includes(ruleOf(method, path));
    for (const headers of [browser, program]) {
      const { status, isRefused } = await ask(method, path, headers);
      expect([method, path, isRefused]).toEqual([method, path, !may]);
      expect([method, path, status < 500]).toEqual([method, path, true]);
    }
  }
});

test("an operator controls and undoes the runs that they started, and answers those of others", async () => {
  const { browser, person } = await someone("operator");
  const [mine, other] = await Promise.all([
    site.deps.engine.start("colours", { name: "mine" }, actor(person)),
    site.deps.engine.start("colours", { name: "other" }, ada),
  ]);
  const post = async (path: string) =>
    (await site.post(path, {}, { cookie: browser.Cookie, headers: { Accept: "application/json" } })).status;
  for (const verb of ["pause", "undo", "rewind", "start-over"])
    expect([verb, await post(`/runs/${other.runId}/${verb}`)]).toEqual([verb, 403]);
  expect(await post(`/runs/${other.runId}/steps/colour/answer`)).not.toBe(403);
  for (const verb of ["pause", "undo", "rewind"])
    expect([verb, await post(`/runs/${mine.runId}/${verb}`)]).not.toEqual([verb, 403]);
  expect(await post(`/runs/${mine.runId}/cancel`)).toBe(303);
});

test("pages and the API offer what whoever looks may do, and nothing else", async () => {
  const [viewer, operator] = await Promise.all([someone("viewer"), someone("operator")]);
  const runId = await site.asking();
  const mine = (await site.deps.engine.start("colours", { name: "mine" }, actor(operator.person))).runId;
  const page = async (path: string, { browser }: Pick<typeof viewer, "browser">) =>
    (await site.get(path, { cookie: browser.Cookie })).text();
  const seen = async (id: string, { program }: Pick<typeof viewer, "program">) =>
    (await (await site.app.request(`/api/runs/${id}`, { headers: program })).json()) as {
      may: Record<string, boolean>;
      steps: { mayAnswer: boolean }[];
    };
  expect(Object.values((await seen(runId, viewer)).may)).not.toContain(true);
  expect((await seen(runId, viewer)).steps[0]?.mayAnswer).toBe(false);
  expect((await seen(runId, operator)).steps[0]?.mayAnswer).toBe(true);
  expect([(await seen(runId, operator)).may.cancel, (await seen(mine, operator)).may.cancel]).toEqual([
    false,
    true,
  ]);
  const cancels = `/runs/${runId}/cancel`;
  expect(await page(`/runs/${runId}`, viewer)).not.toContain(cancels);
  expect(await page(`/runs/${runId}`, viewer)).toContain("It is not for you to answer.");
  expect(await page(`/runs/${runId}`, operator)).not.toContain(cancels);
  expect(await (await site.get(`/runs/${runId}`, { cookie: await site.newSession() })).text()).toContain(
    cancels,
  );
  expect(await page("/workflows/colours", viewer)).not.toContain("/workflows/colours/runs");
  expect(await page("/workflows/colours", operator)).toContain("/workflows/colours/runs");
});

test("what is said of a person holds for their next request, and closes what is open for them, polls included", async () => {
  const { browser, program, person } = await someone("operator");
  const runId = await site.asking();
  const asks = (headers: Record<string, string>, path: string) =>
    site.app.request(path, { headers: { Host: "localhost", ...headers } });
  const identity = await site.deps.signIn.identify(browser.Cookie.slice("milepost=".length));
  if (identity === null) throw new Error("nobody is signed in");
  let closed = 0;
  const hold = () => site.deps.endings.hold(identity, () => closed++);
  hold();
  await site.deps.people.change(person.id, { name: person.name, role: "viewer" }, ada);
  expect(closed).toBe(1);
  expect((await asks(browser, `/runs/${runId}/progress?v=0`)).status).toBe(200);
  expect((await site.post("/workflows/colours/runs", { name: "x" }, { cookie: browser.Cookie })).status).toBe(
    403,
  );
  await site.deps.people.remove(person.id, ada);
  for (const headers of [browser, program])
    for (const path of [`/runs/${runId}/progress?v=0`, "/", "/api/runs"])
      expect([path, [401, 303].includes((await asks(headers, path)).status)]).toEqual([path, true]);
  hold();
  expect(closed).toBeGreaterThan(1);
  await expect(site.deps.people.invite({ name: person.name, role: "viewer" }, ada)).rejects.toMatchObject({
    field: "name",
  });
});

test("nobody takes the owner away, or what they may", async () => {
  const { browser } = await someone("admin");
  const post = async (path: string, form: Record<string, string> = {}) =>
    (await site.post(path, form, { cookie: browser.Cookie })).status;
  expect(await post("/people/owner/remove")).toBe(409);
  expect(await post("/people/owner", { name: "Ada", role: "viewer" })).toBe(409);
  expect(await post("/people/owner", { name: "Grace", role: "admin" })).toBe(303);
  expect((await site.deps.people.get("owner")).name).toBe("Grace");
});

test("an invitation lets one browser in as whom it names, and says so once", async () => {
  const invited = await site.post(
    "/people",
    { name: "Barbara", role: "viewer" },
    { cookie: await site.newSession() },
  );
  const page = await invited.text();

  const [, token = ""] = /sign-in\?token=([\w-]+)/.exec(page) ?? [];
  const enter = () => site.post("/sign-in", { token }, { cookie: null });
  const entered = await enter();
  expect(entered.status).toBe(303);
  const cookie = entered.headers.get("Set-Cookie")?.split(";")[0] ?? "";
  expect(await (await site.get("/", { cookie })).text()).toContain("Signed in as Barbara");
  expect((await enter()).status).toBe(401);
  expect(await (await site.get("/people", { cookie: await site.newSession() })).text()).not.toContain(token);
  const settings = await (await site.get("/settings", { cookie })).text();
  expect(settings).not.toContain("Who did what");
  expect(settings).not.toContain("Ada");
});

test("a token for one workflow sees and does nothing of others, lists of all included", async () => {
  const [mine, other] = await Promise.all(
    ["colours", "another"].map((id) => bearer({ rights: ["read", "run", "answer"], workflows: [id] })),
  );
  const runId = await site.asking();
  const status = async (headers: Record<string, string> | undefined, path: string, method = "GET") =>
    (await site.app.request(path, { method, ...(headers === undefined ? {} : { headers }) })).status;
  const its = [`/api/runs/${runId}`, `/runs/${runId}`, `/api/tasks/${runId}`, `/api/runs/${runId}/logs`];
  for (const path of [...its, "/api/workflows/colours", `/runs/${runId}/progress?v=0`]) {
    expect([path, await status(mine, path)]).toEqual([path, 200]);
    expect([path, await status(other, path)]).toEqual([path, 403]);
  }
  for (const path of [
    "/api/runs",
    "/runs",
    "/",
    "/api/exports",
    "/metrics",
    "/settings",
    "/api/tasks",
    "/apps",
  ])
    expect([path, await status(mine, path)]).toEqual([path, 403]);
  expect(await status(mine, "/api/version")).toBe(200);
  expect(await status(other, `/api/runs/${runId}/cancel`, "POST")).toBe(403);
  expect(await status(mine, `/api/runs/${runId}/cancel`, "POST")).toBe(200);
});

test("the form makes tokens of the rights, the workflows and the time that were chosen, and refuses what is none", async () => {
  const form = { name: "screen", may: "read", days: "30", workflow: "colours" };
  const cookie = await site.newSession();
  const made = await site.post("/settings/tokens", form, { cookie });
  expect(made.status).toBe(200);
  const [token] = (await site.deps.tokens.list(null)).filter(({ name }) => name === "screen");
  expect(token?.scope).toEqual({ rights: ["read"], workflows: ["colours"] });
  expect(Math.round(((token?.expiresAt ?? 0) - (token?.createdAt ?? 0)) / 86_400_000)).toBe(30);
  expect(await (await site.get("/settings", { cookie })).text()).toContain("look only; only of Colours");
  for (const wrong of [{ may: "rule" }, { workflow: "nothing" }, { days: "-1" }, { may: "admin" }])
    expect((await site.post("/settings/tokens", { ...form, ...wrong }, { cookie })).status).toBe(400);
});
