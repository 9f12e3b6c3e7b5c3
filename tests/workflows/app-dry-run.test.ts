import { readdirSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { planFromDescription } from "#apps/plan/plan.ts";
import { type AppWorld, openAppWorld } from "./app-world.ts";

let world: AppWorld;
beforeEach(async () => {
  world = await openAppWorld();
});
afterEach(() => world.close());

test("a dry run shows the very statements and makes nothing", async () => {
  const { steps } = await world.engine.plan("generate-app", {
    description: "customers (name needed, phone), orders (number needed, customer, notes)",
  });
  const commands = steps.flatMap(({ lines }) => lines.filter(({ kind }) => kind === "command"));
  expect(commands.map(({ text }) => text)).toEqual([
    expect.stringContaining('CREATE TABLE IF NOT EXISTS "customers"'),
    expect.stringContaining('CREATE TABLE IF NOT EXISTS "orders"'),
  ]);
  expect(readdirSync(world.folder)).toEqual([]);
  expect((await world.engine.runs({ limit: 1 })).rows).toEqual([]);
});

test("a dry run of a change shows its statements and what they would lose, and changes nothing", async () => {
  const { schema } = planFromDescription(
    "customers (name needed, phone), orders (number needed, customer, notes)",
  );
  const { db } = world.apps.create({ ...schema, app: "shop" }, "earlier");
  db.exec(
    "INSERT INTO customers (id, name, phone, created_at, updated_at) VALUES ('c1', 'Ada', '123', '2026', '2026')",
  );
  const { steps } = await world.engine.plan("change-app", {
    app: "shop",
    request: "remove phone from customers",
  });
  const lines = steps.flatMap(({ lines }) => lines.map(({ text }) => text));
  expect(lines).toContain('ALTER TABLE "customers" DROP COLUMN "phone"');
  expect(lines).toContain("The column “Phone” of “Customers” goes with what 1 row says in it.");
  expect(world.apps.open("shop").schema).toEqual({ ...schema, app: "shop" });
  expect(db.prepare("SELECT phone FROM customers").pluck().all()).toEqual(["123"]);
});
