import { afterAll, beforeAll, expect, test } from "vitest";
import { needs } from "#core/needs.ts";
import type { Right, Scope } from "#core/rights.ts";
import { ada } from "../people/ada.ts";
import { openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const open = ["/sign-in", "/static/:name", "/healthz", "/readyz"];
/** Every address behind the sign-in with each way in which it may be asked. */
const addresses = (): [string, string][] => {
  const mounted = site.app.routes.filter(({ path }) => path !== "/*" && !open.includes(path));
  const asked = mounted.flatMap(({ method, path }) =>
    (method === "ALL" ? ["GET", "POST"] : [method]).map((one) => `${one} ${path}`),
  );
  return [...new Set(asked)].map((one) => one.split(" ") as [string, string]);
};

/** Said anew in a few rules, so that a wrong line of the table is seen. */
const ruleOf = (method: string, path: string): Right => {
  if (path === "/sign-out") return "read";
  if (/^\/(settings|connections)(\/|$)/.test(path) || path === "/apps/remove" || path === "/api/audit")
    return "admin";
  if (/\/(answer|approve)$/.test(path)) return "answer";
  return method === "GET" && path !== "/runs/:id/input" ? "read" : "run";
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
  const text = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.text() : "";
  return { status: answer.status, isRefused: answer.status === 403 && text.includes('"forbidden"') };
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
      const may = right === "admin" || right === ruleOf(method, path);
      expect([method, path, isRefused]).toEqual([method, path, !may]);
      expect([method, path, status < 500]).toEqual([method, path, true]);
    }
  },
);

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
  const [token] = (await site.deps.tokens.list()).filter(({ name }) => name === "screen");
  expect(token?.scope).toEqual({ rights: ["read"], workflows: ["colours"] });
  expect(Math.round(((token?.expiresAt ?? 0) - (token?.createdAt ?? 0)) / 86_400_000)).toBe(30);
  expect(await (await site.get("/settings", { cookie })).text()).toContain("look only; only of Colours");
  for (const wrong of [{ may: "rule" }, { workflow: "nothing" }, { days: "-1" }, { may: "admin" }])
    expect((await site.post("/settings/tokens", { ...form, ...wrong }, { cookie })).status).toBe(400);
});
