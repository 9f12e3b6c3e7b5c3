import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const page = async (path: string) => (await site.get(path)).text();

test("a script that is saved is a workflow with a form of its own; each saving is a version, and any of them comes back", async () => {
  const form = { name: "Rotate logs", script: "gzip *.log", inputs: 'days number "Older than" = 14' };
  const saved = await site.post("/scripts", { ...form, minutes: "10" });
  expect([saved.status, saved.headers.get("Location")]).toEqual([303, "/scripts/script-rotate-logs"]);
  const changed = { ...form, script: "xz *.log", minutes: "10", after: "1" };
  expect((await site.post("/scripts/script-rotate-logs", changed)).status).toBe(303);
  expect(await page("/scripts")).toMatch(/Rotate logs[\s\S]*Version 2, saved by Ada/);
  const newest = await page("/scripts/script-rotate-logs");
  expect(newest).toContain("xz *.log");
  expect(newest).toContain('name="after" value="2"');
  const first = await page("/scripts/script-rotate-logs?version=1");
  expect(first).toContain("gzip *.log");
  expect(first).toContain("Saving it makes version 3.");
  expect(await page("/workflows/script-rotate-logs")).toContain("Change the script");
  const { workflows } = (await (await site.call("GET", "/api/workflows")).json()) as {
    workflows: { id: string; title: string; values: { properties: Record<string, unknown> } }[];
  };
  expect(workflows.find(({ id }) => id === "script-rotate-logs")).toMatchObject({ title: "Rotate logs" });
  const done = (await site.store.accounts.audits(10)).map(({ did }) => did);
  expect(done.filter((did) => did === "saved a script")).toHaveLength(2);
});

test("what is refused says so at its field, with what was typed", async () => {
  const refused = await site.post("/scripts", { name: "Odd", script: "true", inputs: "days" });
  const text = await refused.text();
  expect(refused.status).toBe(400);
  expect(text).toContain("Line 1: Write it as");
  expect(text).toContain('value="Odd"');
});

test("programs save, list, show and remove; a version made from an old one is a conflict", async () => {
  const made = await site.call("POST", "/api/scripts", { name: "Greet", script: "echo hello" });
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as { id: string };
  const put = (after: number) =>
    site.call("PUT", `/api/scripts/${id}`, { name: "Greet", script: `echo ${after}`, after });
  expect([(await put(1)).status, (await put(1)).status, (await put(2)).status]).toEqual([200, 409, 200]);
  const { versions } = (await (await site.call("GET", `/api/scripts/${id}`)).json()) as {
    versions: { n: number }[];
  };
  expect(versions.map(({ n }) => n)).toEqual([3, 2, 1]);
  expect((await site.call("DELETE", `/api/scripts/${id}`)).status).toBe(200);
  expect((await site.call("GET", `/api/workflows/${id}`)).status).toBe(404);
  expect((await site.call("GET", "/api/scripts/script-none")).status).toBe(404);
});
