import { randomBytes } from "node:crypto";
import Database from "better-sqlite3";
import { afterEach, expect, test } from "vitest";
import { createSeal } from "#connections/seal.ts";
import { secret } from "#core/field-kinds.ts";
import { keepsAll } from "#core/retention.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { createStorage } from "#retention/storage.ts";
import { repairShop } from "../apps/samples.ts";
import { sqliteOf } from "../apps/sqlite-of.ts";
import { openWorld, realClock, silent } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { fillRuns } from "../store/fill.ts";
import { openInMemory, storeInMemory } from "../store/in-memory.ts";
import { openSite, type Site } from "../web/site.ts";
import { heldMs, longestHoldMs } from "./held.ts";

let site: Site | undefined;
afterEach(async () => {
  await site?.close();
  site = undefined;
});

test("a step that says 100,000 lines a second holds nobody up, and what was left out is told", async () => {
  const token = randomBytes(24).toString("base64url");
  const chatty = workflow(
    "chatty",
    "Chatty",
    "For tests.",
    start({
      fields: [secret("token", "Token", { required: true })],
      subject: () => "all of it",
      submit: "Start",
      input: () => ({}),
    }),
  )
    .do("talk", "Talk", {
      readsOnly: true,
      run: async ({ log }) => {
        for (let tenth = 0; tenth < 8; tenth++) {
          const next = new Promise((resolve) => setTimeout(resolve, 100));
          for (let burst = 0; burst < 10; burst++) {
            for (let line = 0; line < 1_000; line++)
              log(`line ${line} of a program that says ${token.slice(0, 20)}`);
            await new Promise((resolve) => setImmediate(resolve));
          }
          await next;
        }
      },
    })
    .hands(() => ({ sentence: "Done." }));
  const world = await openWorld([chatty], {
    overrides: { secrets: createSeal(randomBytes(32), (n) => randomBytes(n)) },
  });
  const { longestMs, result: id } = await heldMs(async () => {
    const { runId } = await world.engine.start("chatty", { token }, "Ada");
    await world.until(runId, "completed");
    return runId;
  });
  expect(longestMs).toBeLessThan(longestHoldMs);
  const result = await world.store.logs(id, { after: null, limit: 1_000_000 });
  expect(result.some(({ text }) => text.includes("left out"))).toBe(true);
  expect(JSON.stringify(result)).not.toContain(token.slice(0, 20));
  await world.close();
});

test("another program that holds an app's data makes only those wait who change them", async () => {
  site = await openSite();
  const { db } = site.deps.apps.create(repairShop, "run-1");
  const other = new Database(sqliteOf(db).name);
  other.exec("BEGIN IMMEDIATE");
  const { call } = site;
  const { longestMs } = await heldMs(async () => {
    let added = 0;
    const adding = call("POST", "/apps/repair-shop/api/db/customers", { name: "Ada" }).then(({ status }) => {
      added = status;
    });
    expect((await call("GET", "/apps/repair-shop/api/db/customers")).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(added).toBe(0);
    other.exec("COMMIT");
    await adding;
    expect(added).toBe(201);
  });
  other.close();
  expect(longestMs).toBeLessThan(longestHoldMs);
});

test("while 2,000 runs go, by a rule or by a person's choice, nobody waits longer", async () => {
  const { client, db } = openInMemory();
  fillRuns(client, 2_300, { whole: 2_300 });
  const store = storeInMemory(Date.now, { client, db });
  const world = await openWorld([], { store });
  const storage = createStorage({
    store,
    runs: world.engine,
    at: { folder: "/none", exports: "/none/exports", logs: "/none/logs", apps: "/none/apps" },
    forgetApps: () => {},
    leastBytes: 0,
    usual: { hour: 3, usual: { ...keepsAll, runs: 150 } },
    clock: realClock,
    log: silent,
  });
  const counted = async () => (await store.countRuns()).completed;
  const before = await counted();
  const byRule = await heldMs(async () => {
    await storage.plan();
    await storage.clean(ada);
    await expect
      .poll(async () => (await storage.cleanings(1))[0]?.endedAt ?? null, { timeout: 600_000 })
      .not.toBeNull();
  });
  expect(byRule.longestMs).toBeLessThan(longestHoldMs);
  const between = await counted();
  expect(before - between).toBeGreaterThan(900);
  const { rows } = await store.runs({ states: ["completed"], limit: 2_000 });
  const chosen = await heldMs(() =>
    world.engine.remove(
      rows.map(({ run }) => run.id),
      "Ada",
      { exports: false },
    ),
  );
  expect(chosen.longestMs).toBeLessThan(longestHoldMs);
  expect(await counted()).toBe(between - rows.length);
  await world.close();
});
