import { afterAll, beforeAll, expect, test } from "vitest";
import type { AccessBook } from "#core/access.ts";
import { can, everything } from "#core/rights.ts";
import { item, start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { openSite, type Site } from "./site.ts";

const sick = new Set(["host7", "<b>host12"]);
const one = workflow("one", "One host", "For tests.", item<string>())
  .do("work", "Work", {
    safeBecause: "It is counted.",
    run: async ({ input, log }) => {
      log(`seen ${input}`);
      if (sick.has(input)) throw new Error("broken");
    },
  })
  .hands(() => ({ sentence: "" }));
const names = Array.from({ length: 30 }, (_, n) => (n === 11 ? "<b>host12" : `host${n + 1}`));
const whole = workflow("hosts", "All hosts", "For tests.", start({ subject: () => "all" }))
  .each("each", "On each host", {
    flow: one,
    of: () => names.map((name) => ({ key: name, input: name })),
    stopAfter: 3,
    what: "hosts",
  })
  .hands(() => ({ sentence: "" }));

let site: Site;
let id: string;
beforeAll(async () => {
  site = await openSite({ workflows: [whole] });
  const answer = await site.post("/workflows/hosts/runs", {});
  id = (answer.headers.get("Location") ?? "").split("/").at(-1) ?? "";
  await site.engine.settled(id, 20_000, new AbortController().signal);
});
afterAll(() => site.close());

test("the page of a run counts its items and shows those that failed first, each with a link to its run", async () => {
  const page = await (await site.get(`/runs/${id}`)).text();
  expect(page).toContain("28 done, 2 failed (host7, &lt;b&gt;host12).");
  expect(page).toContain("28 done");
  const [first] = page.match(/<li class="tone-bad" data-state="failed">[\s\S]*?<\/li>/) ?? [];
  expect(first).toContain("host7");
  expect(first).toContain("seen host7");
  expect(page).not.toContain("<b>host12");
  const [, child = ""] = /href="\/runs\/([^"]+)"/.exec(first ?? "") ?? [];
  const ofChild = await (await site.get(`/runs/${child}`)).text();
  expect(ofChild).toContain(`href="/runs/${id}"`);
  expect(ofChild).toContain("All hosts #1");
});

test("the page of a workflow that works through a list offers to show what it would do, and shows it", async () => {
  const button = /<button[^>]* value="plan:"[^>]*>Show what it would do</;
  expect(await (await site.get("/workflows/hosts")).text()).toMatch(button);
  const page = await (await site.post("/workflows/hosts/runs", { press: "plan:" })).text();
  expect(page).toContain("30 hosts.");
  expect(page).toContain("And 27 like these.");
});

test("programs page through all items, each once, and go on without one that failed", async () => {
  const rows: { key: string; state: string }[] = [];
  let after: string | null = "";
  while (after !== null) {
    const answer = await site.call("GET", `/api/runs/${id}/steps/each/items?after=${after}`);
    const page = (await answer.json()) as { rows: { key: string; state: string }[]; next: string | null };
    rows.push(...page.rows);
    after = page.next;
  }
  expect(rows.map(({ key }) => key).toSorted()).toEqual(names.toSorted());
  expect(rows.slice(0, 3).map(({ state }) => state)).toEqual(["failed", "failed", "completed"]);
  const skip = (key: string) => site.call("POST", `/api/runs/${id}/steps/each/items/skip`, { key });
  expect((await skip("host1")).status).toBe(409);
  expect((await skip("nobody")).status).toBe(404);
  expect((await skip("host7")).status).toBe(200);
  sick.clear();
  await site.call("POST", `/api/runs/${id}/retry`);
  await site.engine.settled(id, 20_000, new AbortController().signal);
  const run = (await (await site.call("GET", `/api/runs/${id}`)).json()) as {
    state: string;
    steps: { items: { counts: Record<string, number> } }[];
  };
  expect(run.state).toBe("completed");
  expect(run.steps[0]?.items.counts).toMatchObject({ completed: 29, skipped: 1, failed: 0 });
});

test("a run that goes takes its items with it, and they go no other way", async () => {
  const { rows } = await site.engine.items(id, "each");
  const child = rows.find(({ runId }) => runId !== null)?.runId ?? "";
  expect((await site.call("DELETE", `/api/runs/${child}`)).status).toBe(409);
  expect((await site.call("DELETE", `/api/runs/${id}`)).status).toBeLessThan(300);
  expect((await site.call("GET", `/api/runs/${child}`)).status).toBe(404);
  expect((await site.engine.runs({ limit: 100, workflowId: "hosts.each" })).rows).toEqual([]);
});

test("what is said of a workflow holds for the runs of its items", () => {
  const access: AccessBook = {
    of: (_kind, id) => (id === "hosts" ? { see: { roles: [], people: ["ada"] } } : null),
    workflows: () => [],
  };
  const sees = (id: string) =>
    can({ person: { id, name: id, role: "viewer" }, scope: everything, access }, "read", {
      workflowId: "hosts.each",
    });
  expect([sees("ada"), sees("bob")]).toEqual([true, false]);
});
