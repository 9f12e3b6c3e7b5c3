import { afterAll, beforeAll, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import type { NodeSeen, Nodes } from "#core/nodes.ts";
import { quick } from "./quick.ts";
import { openSite, type Site } from "./site.ts";

const aNode = (name: string, role: string): NodeSeen => ({
  ...{ name, role, version: "1.0.0", since: 1, silentMs: 0, runs: 0, isDraining: false },
});
const there = [aNode("a/1/ff", "web"), aNode("b/2/ee", "worker")];
const nodes: Nodes = {
  name: "b/2/ee",
  all: async () => there,
  mended: () => 0,
  drain: async (name, on) => {
    const found = there.find((one) => one.name === name);
    if (found === undefined) throw new AppError("not-found", "There is no such process any more.");
    found.isDraining = on;
  },
};

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [quick], deps: { nodes } });
});
afterAll(() => site.close());

const page = async () => (await site.get("/nodes")).text();

test("a worker is told by a button to take no more runs, and to take them again; web nodes have none, and the audit says who did", async () => {
  expect((await page()).match(/Take no more runs/g)).toHaveLength(1);
  const told = await site.post("/nodes", { node: "b/2/ee", does: "drain" });
  expect([told.status, told.headers.get("Location")]).toEqual([303, "/nodes"]);
  expect(await page()).toContain("it takes no more, and can be stopped");
  await site.post("/nodes", { node: "b/2/ee", does: "take" });
  expect(there[1]?.isDraining).toBe(false);
  const audits = await site.store.accounts.audits(5);
  expect(audits.map(({ did, target }) => [did, target]).slice(0, 2)).toEqual([
    ["let a process take runs again", "b/2/ee"],
    ["let a process take no more runs", "b/2/ee"],
  ]);
  expect((await site.post("/nodes", { node: "gone", does: "drain" })).status).toBe(404);
});

test("a process that drains tells those who watch it how many runs it still works on", async () => {
  const [, own] = there;
  if (own === undefined) throw new Error("no worker");
  own.runs = 3;
  expect(await (await site.get("/metrics")).text()).toMatch(/^milepost_node_runs 3$/m);
});

test("where the process that answers is not among those that PostgreSQL shows, the page says that not all can be seen", async () => {
  const words = "Not every process that is there can be seen";
  expect(await page()).not.toContain(words);
  const own = there.pop();
  if (own === undefined) throw new Error("no worker");
  try {
    expect(await page()).toContain(words);
  } finally {
    there.push(own);
  }
});
