import { afterEach, beforeEach, expect, test } from "vitest";
import { type ModelServer, said, startModelServer } from "../connectors/openai/model-server.ts";
import { stepOf } from "../engine/world.ts";
import { type AppWorld, openAppWorld } from "./app-world.ts";

let world: AppWorld;
let server: ModelServer;
let model: string;
beforeEach(async () => {
  world = await openAppWorld();
  server = await startModelServer();
  model = await world.connect({ baseUrl: server.baseUrl, model: "small", key: "sk-1" });
});
afterEach(async () => {
  await world.close();
  await server.close();
});

const good = JSON.stringify({
  tables: [
    {
      title: "Hives",
      columns: [
        { label: "Name", required: true },
        { label: "Status", options: ["weak", "strong"] },
      ],
    },
    {
      title: "Harvests",
      columns: [{ label: "Hive", type: "reference", to: "Hives" }, { label: "Honey weight" }],
    },
  ],
  notes: ["Weights are in kilograms."],
});

test("a model drafts the plan, which is checked, shown and made like any other", async () => {
  server.answers(said(good));
  const id = await world.generate({ description: "something for my bees", title: "Bees", model });
  const at = await world.through(id, {}, "plan");
  expect(JSON.stringify(stepOf(at, "plan").form)).toContain("the model small");
  const { run } = await world.through(id);
  expect(run.error).toBeNull();
  expect(world.apps.open("bees").schema.tables).toMatchObject({
    hives: { board: "status", columns: { status: { initial: "weak" } } },
    harvests: { columns: { hive_id: { type: "reference", to: "hives" }, honey_weight: { type: "decimal" } } },
  });
  expect(server.asked).toHaveLength(1);
  expect(JSON.stringify(server.asked)).toContain("something for my bees");
});

test("a plan that does not fit is sent back once with what is wrong", async () => {
  server.answers(
    said('{"tables":[{"title":"Hives","columns":[{"label":"Queen","type":"reference","to":"Queens"}]}]}'),
  );
  const id = await world.generate({ description: "customers", title: "Bees", model });
  const at = await world.through(id, {}, "plan");
  expect(server.asked).toHaveLength(2);
  expect(JSON.stringify(server.asked[1])).toContain("That does not fit");
  // It did not fit the second time either, so the planner stepped in and says so.
  const form = JSON.stringify(stepOf(at, "plan").form);
  expect(form).toContain("No model drafted this plan");
  expect(form).toContain("the planner that comes with Milepost");
});

test.each([
  ["a model that fails", () => server.answers({ status: 500, body: "oops" })],
  ["a model that is gone", () => server.close()],
])("%s leaves the plan to the planner, with a note", async (_, spoil) => {
  await spoil();
  const id = await world.generate({ description: "customers and orders", title: "Shop", model });
  const { run } = await world.through(id);
  expect(run.state).toBe("completed");
  expect(Object.keys(world.apps.open("shop").schema.tables)).toEqual(["customers", "orders"]);
});

test("a question of the model's is asked, not answered with a made-up app", async () => {
  server.answers(said('{"question":"What do you want to keep?"}'));
  const id = await world.generate({ description: "make me something nice", title: "Nice", model });
  const { run } = await world.through(id);
  expect(run.state).toBe("failed");
  expect(run.error?.message).toContain("What do you want to keep?");
  expect(world.apps.titles()).toEqual([]);
});

test("names from a model never become SQL or HTML", async () => {
  const evil = `x" ); DROP TABLE hives; --<script>alert(1)</script>`;
  server.answers(
    said(
      JSON.stringify({ tables: [{ title: evil, columns: [{ label: evil, options: [evil.slice(0, 50)] }] }] }),
    ),
  );
  const id = await world.generate({ description: "bees", title: "Bees", model });
  const { run } = await world.through(id);
  expect(run.state).toBe("completed");
  const { schema } = world.apps.open("bees");
  expect(Object.keys(schema.tables)).toEqual([expect.stringMatching(/^[a-z][a-z0-9_]*$/)]);
  const { text } = await world.page("bees", "");
  expect(text).not.toContain("<script>alert");
});
