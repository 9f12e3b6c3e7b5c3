import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { examples } from "#apps/plan/examples.ts";
import { planFromDescription } from "#apps/plan/plan.ts";
import { checkSchema } from "#apps/runtime/check-schema.ts";
import { createIndexes, createTables, openDatabase } from "#apps/runtime/database.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";

/** "customers.name" for every column of every table. */
const columnsOf = ({ tables }: AppSchema): string[] =>
  Object.entries(tables).flatMap(([table, { columns }]) =>
    Object.keys(columns).map((id) => `${table}.${id}`),
  );

/** "sales.customer_id → customers" for every reference. */
const linksOf = ({ tables }: AppSchema): string[] =>
  Object.entries(tables).flatMap(([table, { columns }]) =>
    Object.entries(columns).flatMap(([id, { to }]) => (to === undefined ? [] : [`${table}.${id} → ${to}`])),
  );

const example = (id: string): AppSchema => {
  const found = examples.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no example ${id}`);
  return planFromDescription(found.description).schema;
};

describe("the seven examples have the tables that they ask for", () => {
  test.each([
    ["cellphone-crm", ["customers", "products", "sales", "repairs"]],
    ["restaurant-reservations", ["reservations", "tables", "waitlist"]],
    ["property-manager", ["properties", "tenants", "leases", "maintenance", "payments"]],
    ["gym-manager", ["members", "classes", "attendance", "enrollments", "payments"]],
    ["event-planner", ["events", "guests", "vendors", "expenses", "tasks"]],
    ["clinic-manager", ["patients", "appointments", "records", "prescriptions"]],
    ["inventory", ["products", "suppliers", "purchase_orders", "order_items", "stock_movements"]],
  ])("%s", (id, tables) => {
    expect(Object.keys(example(id).tables)).toEqual(tables);
  });

  test("the phone shop's has every column, relation, board and alert that was promised for it", () => {
    const schema = example("cellphone-crm");
    expect(columnsOf(schema)).toEqual(
      expect.arrayContaining(
        [
          "customers: name phone email address notes",
          "products: name brand model price cost stock min_stock category",
          "sales: customer_id product_id quantity unit_price total payment notes",
          "repairs: customer_id device brand model problem diagnosis solution status price received_at completed_at",
        ].flatMap((line) => {
          const [table = "", columns = ""] = line.split(": ");
          return columns.split(" ").map((column) => `${table}.${column}`);
        }),
      ),
    );
    expect(linksOf(schema)).toEqual([
      "sales.customer_id → customers",
      "sales.product_id → products",
      "repairs.customer_id → customers",
    ]);
    const { repairs, products } = schema.tables;
    expect(repairs?.board).toBe("status");
    expect(repairs?.columns.status).toMatchObject({
      options: ["received", "diagnosing", "repairing", "ready", "delivered"],
      initial: "received",
    });
    expect(products?.alert).toEqual({ column: "stock", limit: "min_stock" });
  });
});

test("a description in one's own words becomes its own tables, tied to each other", () => {
  const { schema } = planFromDescription(
    "a CRM for my bike shop with customers, bikes, rentals and repair status",
  );
  expect(schema).toMatchObject({ app: "bike-shop-crm", title: "Bike shop CRM" });
  expect(Object.keys(schema.tables)).toEqual(["customers", "bikes", "rentals", "repairs"]);
  expect(linksOf(schema)).toEqual([
    "rentals.customer_id → customers",
    "rentals.bike_id → bikes",
    "repairs.customer_id → customers",
    "repairs.bike_id → bikes",
  ]);
});

test.each([
  [
    "books (title, author, isbn), members with name and email",
    ["books.title", "books.author", "books.isbn", "members.name", "members.email"],
  ],
  [
    "- customers: name, phone\n- bikes: brand, price",
    ["customers.name", "customers.phone", "bikes.name", "bikes.brand", "bikes.price"],
  ],
  [
    "Recipes with ingredients, a rating and a source",
    ["recipes.name", "recipes.ingredients", "recipes.rating", "recipes.source"],
  ],
  [
    "llamas and feedings. Each feeding belongs to a llama.",
    ["llamas.name", "llamas.description", "feedings.llama_id", "feedings.name", "feedings.description"],
  ],
  [
    "products with name, price and supplier, and suppliers with name",
    ["products.name", "products.price", "products.supplier_id", "suppliers.name"],
  ],
  [
    "walks and puppies. Each walk has a date, a puppy and a distance",
    ["walks.name", "walks.date", "walks.puppy_id", "walks.distance", "puppies.name", "puppies.description"],
  ],
  [
    "Beehives and honey harvests. A harvest belongs to a beehive and has a date and a weight in kg",
    [
      "beehives.name",
      "beehives.description",
      "honey_harvests.beehive_id",
      "honey_harvests.name",
      "honey_harvests.date",
      "honey_harvests.weight_kg",
    ],
  ],
  [
    "track expenses by category with amount and date",
    ["expenses.description", "expenses.category", "expenses.amount", "expenses.date"],
  ],
])(
  "“%s” gets the columns that it lists, with one that names a row where none of them does",
  (text, columns) => {
    expect(columnsOf(planFromDescription(text).schema)).toEqual(columns);
  },
);

test.each([
  ["a tool to track repairs with status: received, in repair, done", ["received", "in repair", "done"]],
  ["repairs with statuses: received → fixing → done", ["received", "fixing", "done"]],
  ["repairs (device, status: open/closed)", ["open", "closed"]],
  ["Repairs with statuses received, being fixed and done", ["received", "being fixed", "done"]],
  ["repairs with status: to do, doing, done, customers and bikes", ["to do", "doing", "done"]],
])("the states of “%s” are the lanes of its board", (text, options) => {
  const { repairs } = planFromDescription(text).schema.tables;
  expect(repairs?.columns.status?.options).toEqual(options);
  expect(repairs?.board).toBe("status");
});

test.each([
  ["Track equipment loans to employees", ["equipment", "loans", "employees"]],
  ["todo app with projects, tasks and due dates", ["tasks", "projects"]],
  ["Hotel booking system with rooms, guests and reservations", ["rooms", "guests", "reservations"]],
  ["helpdesk with tickets (subject, priority, status: open, solved) and agents", ["tickets", "agents"]],
  [
    "I need an app for my dog walking business to keep track of clients, dogs and walks",
    ["clients", "dogs", "walks"],
  ],
  ["A recipe book", ["recipes"]],
  [
    "manage my apartments - who lives where, rent payments, and repairs needed",
    ["apartments", "payments", "repairs"],
  ],
  ["a tool called Orders and Cats to track wines", ["wines"]],
  [
    "students, teachers, classes, grades, attendance",
    ["students", "teachers", "classes", "grades", "attendance"],
  ],
])("“%s” has exactly these tables", (text, tables) => {
  expect(Object.keys(planFromDescription(text).schema.tables)).toEqual(tables);
});

test("the limit of a stock alert is the one that was named", () => {
  const { schema, understood } = planFromDescription("Products with low stock alerts when below 10 units");
  expect(schema.tables.products?.columns.min_stock?.initial).toBe("10");
  expect(understood.join(" ")).toContain("at 10");
});

test.each([
  "",
  "make me something nice",
  "Business app",
  "hello",
  "приложение",
  "🙂",
  "asdf qwer",
  "the of and with",
])("%j is answered with a question, not with a made-up app", (text) => {
  expect(() => planFromDescription(text)).toThrow(
    expect.objectContaining({
      code: "bad-input",
      field: "description",
      message: expect.stringContaining("?"),
    }),
  );
});

test("what no app can do is said, not silently left out", () => {
  const { warnings } = planFromDescription("tasks with email reminders, photos and user accounts");
  expect(warnings.join("\n")).toMatch(/no messages or reminders[\s\S]*no accounts[\s\S]*no pictures/);
});

test.each([
  ["'; DROP TABLE customers; --", ["customers"]],
  ["Robert'); DROP TABLE students;--", ["students"]],
  ['customers" (id TEXT); DELETE FROM "sales', ["customers", "sales"]],
])("%j makes tables with harmless names", (text, tables) => {
  const { schema } = planFromDescription(text);
  expect(Object.keys(schema.tables)).toEqual(expect.arrayContaining(tables));
  const db = openDatabase(":memory:");
  createTables(db, schema);
  expect(db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all().sort()).toEqual(
    Object.keys(schema.tables).sort(),
  );
  db.close();
});

const words = fc.constantFrom(
  ..."customers orders api assets order limit q sort rowid created_at status: , . ; ( ) with and for my has belongs to id price tables table select drop constructor __proto__ toString price_gt sqlite_master ' \" `".split(
    " ",
  ),
  "belongs to a customer",
  "low stock alerts when below 99999 units",
);

test("any text gives an app whose tables SQLite makes, or a whole sentence", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 200, unit: "binary" }),
    fc.array(words, { maxLength: 25 }).map((all) => all.join(" ")),
    fc.array(fc.oneof(words, fc.string({ maxLength: 12 })), { maxLength: 15 }).map((all) => all.join(" ")),
  );
  fc.assert(
    fc.property(text, (description) => {
      let plan: ReturnType<typeof planFromDescription>;
      try {
        plan = planFromDescription(description);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect((error as AppError).message).toMatch(/^[A-Z].*[.?”]$/s);
        return;
      }
      checkSchema(plan.schema);
      const db = openDatabase(":memory:");
      try {
        createTables(db, plan.schema);
        createIndexes(db, plan.schema);
      } finally {
        db.close();
      }
    }),
    { numRuns: 1_000 },
  );
});
