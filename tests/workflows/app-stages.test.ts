import { afterEach, beforeEach, expect, test } from "vitest";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { bringTo, type Stage, staged } from "#apps/stages.ts";
import { repairShop } from "../apps/samples.ts";
import { type AppWorld, openAppWorld } from "./app-world.ts";

const { repairs } = repairShop.tables;
if (repairs === undefined) throw new Error("the sample has repairs");
const plan: AppSchema = {
  ...repairShop,
  tables: { ...repairShop.tables, repairs: { ...repairs, rules: [{ rule: "price >= 0" }] } },
};

let world: AppWorld;
beforeEach(async () => {
  world = await openAppWorld();
});
afterEach(() => world.close());

/** What people find of the app that a run is making. */
const found = async () => {
  const list = await world.page(plan.app, "repairs");
  return {
    api: (await world.page(plan.app, "api/db/repairs")).status,
    list: list.status,
    search: list.text.includes('type="search"'),
    board: (await world.page(plan.app, "repairs/board")).status,
    rules: world.apps.open(plan.app).schema.tables.repairs?.rules?.length ?? 0,
  };
};

test("an app has after each stage of its making what that made, and no more", async () => {
  world.apps.create(staged(plan, "tables"), "run-1");
  expect(await found()).toEqual({ api: 200, list: 404, search: false, board: 404, rules: 0 });
  expect((await world.page(plan.app, "")).text).toContain("is being made and has no pages yet");
  bringTo(world.apps, plan, "pages");
  expect(await found()).toEqual({ api: 200, list: 200, search: false, board: 404, rules: 0 });
  bringTo(world.apps, plan, "search");
  expect(await found()).toEqual({ api: 200, list: 200, search: true, board: 404, rules: 0 });
  bringTo(world.apps, plan, "workflows");
  expect(await found()).toEqual({ api: 200, list: 200, search: true, board: 200, rules: 1 });
  expect(world.apps.open(plan.app).schema).toEqual(plan);
});

test.each<Stage>(["pages", "search", "workflows"])(
  "a step that is done again (%s) takes nothing back of what came after it",
  (again) => {
    world.apps.create(staged(plan, "tables"), "run-1");
    bringTo(world.apps, plan, "workflows");
    bringTo(world.apps, plan, again);
    expect(world.apps.open(plan.app).schema).toEqual(plan);
  },
);

test("an app that somebody changed while it was being made is not touched", () => {
  world.apps.create({ ...staged(plan, "pages"), title: "Mine" }, "run-1");
  expect(() => bringTo(world.apps, plan, "search")).toThrow("was changed while it was being made");
  expect(world.apps.open(plan.app).schema.title).toBe("Mine");
});
