import { afterEach, beforeEach, expect, test } from "vitest";
import { checkSchema } from "#apps/runtime/check-schema.ts";
import { type Answer, type ModelServer, said, streamed } from "../connectors/openai/model-server.ts";
import { stepOf } from "../engine/world.ts";
import { type AppWorld, openModelWorld, shownIn } from "./app-world.ts";

const plain = { required: false, unique: false } as const;
const rest = { search: [], filters: [], board: null, alert: null };
const shop = checkSchema({
  app: "shop",
  title: "Shop",
  tables: {
    customers: {
      ...{ title: "Customers", singular: "Customer", name: "name", ...rest },
      columns: {
        name: { type: "text", label: "Name", required: true, unique: true },
        phone: { type: "phone", label: "Phone", ...plain },
        paid: { type: "money", currency: "EUR", label: "Paid", ...plain },
      },
      rules: [{ rule: "paid >= 0", says: "Nobody pays less than nothing." }],
    },
    orders: {
      ...{ title: "Orders", singular: "Order", name: "number", ...rest },
      columns: {
        number: { type: "text", label: "Number", ...plain },
        customer_id: { type: "reference", to: "customers", label: "Customer", ...plain },
      },
    },
  },
});

let world: AppWorld;
let server: ModelServer;
let model: string;
beforeEach(async () => {
  ({ world, server, model } = await openModelWorld());
  const { db } = world.apps.create(shop, "run-1");
  db.prepare(
    "INSERT INTO customers (id, name, phone, paid, created_at, updated_at) VALUES ('c1', 'Ada', '123456', 5, '2026', '2026')",
  ).run();
});
afterEach(async () => {
  await world.close();
  await server.close();
});

const answers = (answer: object) => said(JSON.stringify(answer));
const request = "Wir brauchen Geburtstage, und das Telefon heißt jetzt Handy";
const right = {
  tables: [
    {
      key: "customers",
      title: "Customers",
      columns: [
        { key: "phone", label: "Handy" },
        { label: "Geburtstag", type: "date" },
      ],
    },
  ],
  notes: ["A birthday is a date."],
};
const ask = (words = request) => world.change({ app: "shop", request: words, model });
const labels = () =>
  Object.values(world.apps.open("shop").schema.tables.customers?.columns ?? {}).map(({ label }) => label);

test("what is not understood is read by a model with the plan as it is; what it leaves out stays, and undo takes it back", async () => {
  server.answers(answers(right));
  const id = await ask();
  const { form } = stepOf(await world.through(id, {}, "preview"), "preview");
  const shown = JSON.stringify(form);
  expect(shown).toContain("Read by the model small. A birthday is a date.");
  expect(shown).toContain("Renames “Phone” of “Customers” to “Handy”.");
  expect(shown).toContain("Adds the column “Geburtstag” to “Customers”.");
  expect((await world.through(id)).run.state).toBe("completed");
  const { schema, db } = world.apps.open("shop");
  expect(labels()).toEqual(["Name", "Handy", "Paid", "Geburtstag"]);
  expect(schema.tables.orders?.columns).toEqual(shop.tables.orders?.columns);
  expect(schema.tables.customers).toMatchObject({
    columns: { name: shop.tables.customers?.columns.name, paid: shop.tables.customers?.columns.paid },
    rules: shop.tables.customers?.rules,
  });
  expect(db.prepare("SELECT phone FROM customers").pluck().get()).toBe("123456");
  expect(server.asked).toHaveLength(1);
  const sent = JSON.stringify(server.asked);
  expect(sent).toContain("Geburtstage");
  expect(sent).not.toContain("123456");
  await world.engine.undo(id, "Ada");
  await world.until(id, "undone");
  expect(world.apps.open("shop").schema).toEqual(shop);
});

test("what the grammar understands is asked of no model", async () => {
  const id = await ask("Add a birthday column to customers");
  expect((await world.through(id)).run.state).toBe("completed");
  expect(labels()).toContain("Birthday");
  expect(server.asked).toEqual([]);
});

test("of a request of which the grammar reads a part, the model reads the whole", async () => {
  server.answers(answers(right));
  const id = await ask("Remove the phone column from customers and frobnicate the sprockets");
  await world.through(id);
  expect(labels()).toEqual(["Name", "Handy", "Paid", "Geburtstag"]);
});

test("what a model takes away is told, and agreed to before it goes", async () => {
  server.answers(answers({ tables: [], remove: ["customers.phone", "paid >= 0", "Orders"] }));
  const at = await world.through(await ask(), {}, "approve");
  expect(JSON.stringify(stepOf(at, "approve"))).toContain("The column “Phone” of “Customers” goes");
  const id = at.run.id;
  await world.engine.answer(id, "approve", {}, "Ada");
  expect((await world.through(id)).run.state).toBe("completed");
  const { tables } = world.apps.open("shop").schema;
  expect(Object.keys(tables)).toEqual(["customers"]);
  expect(tables.customers?.rules).toBeUndefined();
  expect(labels()).toEqual(["Name", "Paid"]);
});

test("its question is asked, its plan changed by hand, and asked anew with other words", async () => {
  const all = [answers({ question: "Which phone?", choices: ["Work", "Home"] }), answers(right)];
  server.answers(() => all[server.asked.length - 1] ?? answers(right));
  const id = await ask();
  const first = stepOf(await world.through(id, {}, "preview"), "preview");
  expect(first.form?.buttons?.map(({ label }) => label)).toEqual([
    ...["Work", "Home", "Plan with what is known", "Leave it as it is"],
  ]);
  await world.engine.answer(id, "preview", {}, "Ada", { press: "choice:1" });
  await world.until(id, "asking");
  expect(JSON.stringify(server.asked[1])).toContain("Home");
  const { form } = stepOf(await world.until(id, "asking"), "preview");
  const typed = { ...shownIn(form), request: "Nur das Handy" };
  await expect(world.engine.answer(id, "preview", typed, "Ada")).rejects.toMatchObject({ field: "request" });
  await world.engine.answer(id, "preview", typed, "Ada", { press: "ask-again" });
  const again = stepOf(await world.until(id, "asking"), "preview");
  expect(JSON.stringify(server.asked[2])).toContain("Nur das Handy");
  const edited = { ...shownIn(again.form), "t0.c1.label": "Mobil" };
  await world.engine.answer(id, "preview", edited, "Ada");
  expect((await world.through(id)).run.state).toBe("completed");
  expect(labels()).toEqual(["Name", "Mobil", "Paid", "Geburtstag"]);
});

const column = (label: string, more = {}) => ({ label, ...more });
const of = (...columns: object[]) => answers({ tables: [{ key: "customers", title: "Customers", columns }] });

/** What models were seen to do, and the one answer after it that is right. */
const misbehaviours: [string, ...Answer[]][] = [
  ["garbage", said("I am a teapot.")],
  ["half a JSON", said(JSON.stringify(right).slice(0, 60))],
  ["an empty answer", said("")],
  ["nothing at all to change", answers({ tables: [] })],
  ["the app as it is", of(column("Name"))],
  ["two tables of one name", answers({ tables: [right.tables[0], right.tables[0]] })],
  ["one column twice", of({ key: "phone", label: "Handy" }, { key: "phone", label: "Mobil" })],
  ["a reference to nothing", of(column("Queen", { to: "Queens" }))],
  ["a formula of nothing", of(column("A", { computed: "b + 1" }))],
  ["something to remove that is not there", answers({ ...right, remove: ["invoices"] })],
  ["the removal of all", answers({ tables: [], remove: ["customers", "orders"] })],
];

test.each(misbehaviours)(
  "a model whose first answer is %s is told so, and reads it all the same",
  async (_, odd) => {
    server.answers(() => (server.asked.length === 1 ? odd : streamed(JSON.stringify(right))));
    await world.through(await ask());
    expect(server.asked).toHaveLength(2);
    expect(JSON.stringify(server.asked[1])).toContain("That does not fit");
    expect(labels()).toEqual(["Name", "Handy", "Paid", "Geburtstag"]);
  },
);

test.each<[string, string, string[]]>([
  ["all of it to hand", request, ["Name", "Phone", "Paid"]],
  ["the rest to hand", "Add a fax column to customers. Frobnicate it.", ["Name", "Phone", "Paid", "Fax"]],
])("a model that is gone leaves %s, with why", async (_, words, after) => {
  await server.close();
  const id = await ask(words);
  const { form } = stepOf(await world.through(id, {}, "preview"), "preview");
  expect(JSON.stringify(form)).toContain("No model read this: ");
  const edited = { ...shownIn(form), title: "Our shop" };
  await world.engine.answer(id, "preview", edited, "Ada");
  expect((await world.through(id)).run.state).toBe("completed");
  expect([world.apps.open("shop").schema.title, labels()]).toEqual(["Our shop", after]);
});
