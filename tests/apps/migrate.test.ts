import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { lossOf, unfilled } from "#apps/losses.ts";
import { applyMigration, migrationSql } from "#apps/migrate.ts";
import { planChange } from "#apps/plan/change.ts";
import { planFromDescription } from "#apps/plan/plan.ts";
import { createIndexes, createTables } from "#apps/runtime/database.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { openDatabase, type SqliteApp, sqlite } from "#apps/runtime/sqlite.ts";

const shop = planFromDescription(
  "customers (name needed, phone, email, notes), bikes (name needed, price, status: available / rented, notes), rentals (customer needed, bike needed, start date, status: out / returned), repairs (customer, bike, problem, status: received / ready)",
).schema;
const open: AppDatabase[] = [];
afterEach(() => {
  for (const db of open.splice(0)) db.close();
});

const databaseOf = (schema: AppSchema): SqliteApp => {
  const db = openDatabase(":memory:");
  open.push(db);
  createTables(db, schema);
  createIndexes(db, schema);
  return db;
};

const at = "2026-01-01T00:00:00.000Z";
const withRows = (schema: AppSchema): SqliteApp => {
  const db = databaseOf(schema);
  db.exec(`
    INSERT INTO customers (id, name, phone, created_at, updated_at) VALUES ('c1', 'Ada', '123', '${at}', '${at}'), ('c2', 'Bob', NULL, '${at}', '${at}');
    INSERT INTO bikes (id, name, created_at, updated_at) VALUES ('b1', 'Red one', '${at}', '${at}');
    INSERT INTO rentals (id, customer_id, bike_id, start_date, created_at, updated_at) VALUES ('r1', 'c1', 'b1', '2026-01-02', '${at}', '${at}');
  `);
  return db;
};

/** Runs it as the registry does: in one transaction, foreign keys off, checked before the commit. */
const migrate = (db: SqliteApp, from: AppSchema, to: AppSchema) => {
  db.pragma("foreign_keys = OFF");
  db.transaction(() => {
    applyMigration(db, from, to);
    expect(db.pragma("foreign_key_check")).toEqual([]);
  })();
  db.pragma("foreign_keys = ON");
};

/** Everything that SQLite knows of the tables, whatever way they came about. */
const shapeOf = (db: AppDatabase) =>
  db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .pluck()
    .all()
    .map((name) => ({
      name,
      columns: db
        .prepare(`SELECT name, type, "notnull", pk FROM pragma_table_info(?) ORDER BY name`)
        .all(name),
      references: db
        .prepare(`SELECT "table", "from", "to", on_delete FROM pragma_foreign_key_list(?) ORDER BY "from"`)
        .all(name),
      indexes: db
        .prepare(`SELECT name, "unique" FROM pragma_index_list(?) WHERE origin = 'c' ORDER BY name`)
        .all(name),
    }));

const requests = [
  "Add suppliers (name, phone)",
  "Add an invoices table with number, amount and status (open, paid)",
  "add a birthday column to customers",
  "add shop to bikes",
  "link bikes to customers",
  "Rename notes of customers to remarks",
  "rename customers to clients",
  "rename bikes to wheels",
  "Remove the phone column from customers",
  "remove the customer from rentals",
  "remove bikes",
  "remove repairs",
  "make email of customers required",
  "make name of customers optional",
  "add the status archived to repairs",
];

test.each(requests)(
  "“%s” ends in the very tables that the new plan would make, and back in the old ones",
  (request) => {
    const change = planChange(shop, request);
    const db = databaseOf(shop);
    migrate(db, shop, change.schema);
    expect(shapeOf(db)).toEqual(shapeOf(databaseOf(change.schema)));
    migrate(db, change.schema, shop);
    expect(shapeOf(db)).toEqual(shapeOf(databaseOf(shop)));
  },
);

test("any two plans lead to each other", () => {
  const texts = fc.constantFrom(
    "customers (name needed, phone, email, notes), bikes (name needed, price, status: available / rented, notes), rentals (customer needed, bike needed, start date, status: out / returned), repairs (customer, bike, problem, status: received / ready)",
    "customers with name and email. products with name, price. orders (number)",
    "clients with name. orders with date and customer",
    "tasks (title, project), projects (name, tasks done = count(tasks))",
    "products (name, stock, min stock), suppliers (name), purchase orders (supplier, total = sum(order_items.price)), order items (purchase order, price)",
  );
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      const from = { ...planFromDescription(a).schema, app: "one" };
      const to = { ...planFromDescription(b).schema, app: "one" };
      const db = databaseOf(from);
      migrate(db, from, to);
      expect(shapeOf(db)).toEqual(shapeOf(databaseOf(to)));
    }),
    { numRuns: 60 },
  );
});

test("several changes at once, whatever their order, keep every row and value that has a place", () => {
  const { schema } = planChange(shop, "add suppliers (name, phone) and remove the bike from rentals");
  const db = withRows(shop);
  migrate(db, shop, schema);
  expect(db.prepare("SELECT id, name, phone, created_at FROM customers ORDER BY id").all()).toEqual([
    { id: "c1", name: "Ada", phone: "123", created_at: at },
    { id: "c2", name: "Bob", phone: null, created_at: at },
  ]);
  expect(db.prepare("SELECT id, customer_id FROM rentals").all()).toEqual([{ id: "r1", customer_id: "c1" }]);
});

test("what is lost is counted in the data, and nothing is said of what is empty", () => {
  const db = withRows(shop);
  const loss = (request: string) => {
    return lossOf(db, shop, planChange(shop, request).schema);
  };
  expect(loss("remove the phone column from customers")).toEqual([
    "The column “Phone” of “Customers” goes with what 1 row says in it.",
  ]);
  expect(loss("remove email from customers")).toEqual([]);
  expect(loss("remove repairs")).toEqual([]);
  expect(loss("remove bikes")).toEqual([
    "The table “Bikes” goes with its 1 row.",
    "The column “Bike” of “Rentals” goes with what 1 row says in it.",
  ]);
  expect(loss("rename phone of customers to mobile")).toEqual([]);
  expect(loss("rename customers to clients")).toEqual([]);
});

test("a column that must be filled in is refused while rows have nothing there", () => {
  const db = withRows(shop);
  const { schema } = planChange(shop, "make phone of customers required");
  expect(unfilled(db, shop, schema)).toEqual([
    "“Phone” of “Customers” must be filled in from now on, but 1 row has nothing there.",
  ]);
  db.exec("UPDATE customers SET phone = '9' WHERE phone IS NULL");
  expect(unfilled(db, shop, schema)).toEqual([]);
});

test("a name that is none never becomes SQL", () => {
  const evil = {
    ...shop,
    tables: { ...shop.tables, 'x"; DROP TABLE customers; --': shop.tables.bikes },
  } as AppSchema;
  expect(() => migrationSql(sqlite, shop, evil)).toThrow();
});
