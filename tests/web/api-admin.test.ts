import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const ask = async (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<Record<string, unknown>> => {
  const answer = await site.call(method, path, body, headers);
  return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) };
};

test("a program adds, tests, changes and removes a connection, and never sees its secret", async () => {
  const values = { address: "echo.invalid", token: "right" };
  const added = await ask("POST", "/api/connections", { kind: "echo", name: "First", values });
  expect(added).toMatchObject({ status: 201, name: "First", lastTest: { ok: true, sentence: "Signed in." } });
  const path = `/api/connections/${String(added.id)}`;
  expect(await ask("PUT", path, { name: "Second", values: { address: "echo.invalid" } })).toMatchObject({
    name: "Second",
  });
  expect(await ask("POST", `${path}/test`)).toMatchObject({ lastTest: { ok: true } });
  expect(JSON.stringify(await ask("GET", "/api/connections"))).not.toContain('"right"');
  expect(await ask("DELETE", path)).toMatchObject({ status: 200 });
  expect(await ask("GET", path)).toMatchObject({ status: 404 });
});

test("a program is told of a value of a connection that nothing asks for, and may send back what it was told", async () => {
  const values = { address: "echo.invalid", token: "right" };
  const refused = { status: 400, error: { code: "bad-input", field: "adress" } };
  const typo = { ...values, adress: "echo.invalid" };
  expect(await ask("POST", "/api/connections", { kind: "echo", name: "First", values: typo })).toMatchObject(
    refused,
  );
  const added = await ask("POST", "/api/connections", { kind: "echo", name: "First", values });
  const path = `/api/connections/${String(added.id)}`;
  expect(await ask("PUT", path, { name: "First", values: typo })).toMatchObject(refused);
  expect(await ask("PUT", path, { name: "First", values: added.values })).toMatchObject({ status: 200 });
});

test("a program invites somebody, changes what they may, and removes them with all that they have open", async () => {
  const { id, link } = await ask("POST", "/api/people", { name: "Grace", role: "viewer" });
  expect(String(link)).toContain("/sign-in?token=");
  const person = `/api/people/${String(id)}`;
  expect(await ask("PUT", person, { name: "Grace", role: "operator" })).toMatchObject({ role: "operator" });
  expect(await ask("POST", `${person}/link`)).toMatchObject({ link: expect.stringContaining("token=") });
  expect(await ask("DELETE", person)).toMatchObject({ removed: id });
  expect(JSON.stringify(await ask("GET", "/api/people"))).not.toContain("Grace");
});

test("a program makes a token, which works until it is removed, and ends sessions", async () => {
  const { id, secret } = await ask("POST", "/api/tokens", { name: "screen", rights: ["read"] });
  const asToken = { Authorization: `Bearer ${String(secret)}` };
  expect(await ask("GET", "/api/runs", undefined, asToken)).toMatchObject({ status: 200 });
  expect(await ask("POST", "/api/tokens", { name: "more" }, asToken)).toMatchObject({ status: 403 });
  await ask("DELETE", `/api/tokens/${String(id)}`);
  expect(await ask("GET", "/api/runs", undefined, asToken)).toMatchObject({ status: 401 });
  const cookie = await site.newSession();
  expect((await site.get("/runs", { cookie })).status).toBe(200);
  await ask("DELETE", "/api/sessions");
  expect((await site.get("/runs", { cookie })).status).not.toBe(200);
});

test("a program keeps answers under a name, starts them, and keeps them no longer", async () => {
  const run = await site.asking("Hopper");
  const kept = await ask("POST", `/api/runs/${run}/keep`, { name: "Daily" });
  expect(kept).toMatchObject({ status: 201, kind: "answers", of: "colours" });
  expect(await ask("POST", `/api/kept/${String(kept.id)}/start`)).toMatchObject({
    status: 202,
    workflowId: "colours",
  });
  await ask("DELETE", `/api/kept/${String(kept.id)}`);
  expect(await ask("POST", `/api/kept/${String(kept.id)}/start`)).toMatchObject({ status: 404 });
});

test("a name in a body that Milepost does not know is refused, so that a token never gets more rights than were meant", async () => {
  const before = await site.deps.tokens.list(null);
  const meant = [
    ["/api/tokens", { name: "reader", scope: { rights: ["read"] } }],
    ["/api/people", { name: "Vera", roles: ["viewer"], role: "admin" }],
    ["/api/workflows/colours/runs", { value: { name: "Grace" } }],
  ] as const;
  for (const [path, body] of meant)
    expect([path, (await ask("POST", path, body)).status]).toEqual([path, 400]);
  expect(await site.deps.tokens.list(null)).toEqual(before);
});
