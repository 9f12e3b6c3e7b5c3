import fc from "fast-check";
import { expect, test } from "vitest";
import { planFromDescription } from "#apps/plan/plan.ts";
import { checkSchema } from "#apps/runtime/check-schema.ts";
import { createIndexes, createTables } from "#apps/runtime/database.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { openDatabase } from "#apps/runtime/sqlite.ts";
import { AppError } from "#core/errors.ts";

/** "customers.name" for every column of every table. */
const columnsOf = ({ tables }: AppSchema): string[] =>
  Object.entries(tables).flatMap(([table, { columns }]) =>
    Object.entries(columns).map(([id, { to }]) => `${table}.${id}${to === undefined ? "" : ` → ${to}`}`),
  );

test.each([
  [
    "books (title, author, isbn), members with name and email",
    ["books.title", "books.author", "books.isbn", "members.name", "members.email"],
  ],
  [
    "- Customers: name, phone\n- Bikes: brand, price",
    ["customers.name", "customers.phone", "bikes.brand", "bikes.price"],
  ],
  ["I want to track old books (title) for my shop", ["books.title"]],
  ["Recipes with a rating and a source", ["recipes.rating", "recipes.source"]],
  [
    "Books (title), loans (due date). Each loan belongs to a book.",
    ["books.title", "loans.due_date", "loans.book_id → books"],
  ],
  [
    "Books (title), authors (name). Authors have many books.",
    ["books.title", "books.author_id → authors", "authors.name"],
  ],
  [
    "products with name, price and supplier, and suppliers with name",
    ["products.name", "products.price", "products.supplier_id → suppliers", "suppliers.name"],
  ],
  ["people (name, boss: person)", ["people.name", "people.boss_id → people"]],
  ...["students (name, courses), courses (title)", "students (name, courses), courses (title, students)"].map(
    (text): [string, string[]] => [
      text,
      [
        ...["students.name", "courses.title"],
        ...["students_and_courses.student_id → students", "students_and_courses.course_id → courses"],
      ],
    ],
  ),
  ["A CRM for my shop with customers, bikes (brand) and repairs", ["bikes.brand"]],
  [
    "I want to track orders: customer, pickup date and status (ordered, baking, ready)",
    ["orders.customer", "orders.pickup_date", "orders.status"],
  ],
  ["Keep track of my plants: species, location", ["plants.species", "plants.location"]],
  ["job applications tracker: company, link", ["job_applications.company", "job_applications.link"]],
  ["inventory for our school lab: item, quantity", ["inventory.item", "inventory.quantity"]],
  ["A visit has a site, a date and a status: planned, done", ["visits.site", "visits.date", "visits.status"]],
  ["Each shift has a date and a start time, and needs 5 people", ["shifts.date", "shifts.start_time"]],
  [
    "Gym: members, classes (name, capacity), bookings (member, class)",
    ["classes.name", "classes.capacity", "bookings.member", "bookings.class_id → classes"],
  ],
  ["Repairs shop: customers; repairs (status: in -> done, cost)", ["repairs.status", "repairs.cost"]],
  ["Donations: donor (name, email), amount", ["donations.amount"]],
  ["Books (title) and condition (mint, good)", ["books.title"]],
  [
    "Apartment rentals: tenants, units, leases with start date, end date and rent",
    ["leases.start_date", "leases.end_date", "leases.rent"],
  ],
  [
    "members with name, hives with location, inspections of a hive with date and notes",
    ["members.name", "hives.location", "inspections.date", "inspections.notes"],
  ],
  ["Visits (date and time, place)", ["visits.date_and_time", "visits.place"]],
  ["Invoices: number, approved or rejected, amount", ["invoices.number", "invoices.amount"]],
  [
    "Books and authors, many to many. Books (title). Authors (name)",
    [
      "books.title",
      "authors.name",
      "books_and_authors.book_id → books",
      "books_and_authors.author_id → authors",
    ],
  ],
  [
    "Kunden (Name), Aufträge (Kunde, Betrag)",
    ["kunden.name", "auftrage.kunde_id → kunden", "auftrage.betrag"],
  ],
  [
    "Школа: ученики (имя), уроки (ученик, дата)",
    ["ucheniki.imya", "uroki.uchenik_id → ucheniki", "uroki.data"],
  ],
  [
    "Mitglieder (Name), Beiträge (Mitglied, Jahr) und Bücher (Titel), das ist für meinen Verein",
    ["mitglieder.name", "beitrage.mitglied_id → mitglieder", "beitrage.jahr", "bucher.titel"],
  ],
  [
    "libri (titolo) e prestiti (libro, data) per la mia app, con una lista",
    ["libri.titolo", "prestiti.libro_id → libri", "prestiti.data"],
  ],
  [
    "図書館アプリ：本（題名、著者）、会員（名前、本）",
    ["ben.timing", "ben.zhuzhe", "huiyuan.mingqian", "huiyuan.ben_id → ben"],
  ],
  ["книги (название, автор)", ["knigi.nazvanie", "knigi.avtor"]],
  // Written alike in Latin letters, they are two tables and two columns all the same.
  ["城市 (姓名, 性命)、成事 (数量)", ["chengshi.xingming", "chengshi.xingming_2", "chengshi_2.shuliang"]],
])("“%s” gives these columns and no others", (text, columns) => {
  expect(columnsOf(planFromDescription(text).schema).sort()).toEqual([...columns].sort());
});

test.each([
  ["label needed", { required: true, unique: false, type: "text" }],
  ["sku unique", { unique: true }],
  ["sku needed unique", { unique: true, required: true }],
  ["price", { type: "decimal" }],
  ["shelf as a number", { type: "integer" }],
  ["shelf: number needed", { type: "integer", required: true }],
  ["size: small / large", { type: "text", options: ["small", "large"], initial: "small" }],
  ["status open/closed", { type: "text", options: ["open", "closed"], initial: "open" }],
  ["bezahlt ja/nein", { type: "boolean" }],
  ["date and time", { type: "timestamp" }],
  ["size (small, large)", { type: "text", options: ["small", "large"] }],
  ["count starting at 5", { type: "integer", initial: "5" }],
  ["day: date starting with today", { type: "date", initial: "today" }],
  ["total = price * 2", { type: "decimal", computed: "price * 2" }],
  ["is_dear: yes or no = price > 2", { type: "boolean", computed: "price > 2" }],
  ["dear = price > 2 and price < 5", { type: "boolean", computed: "price > 2 and price < 5" }],
  ["sold: whole number = round(price, 0)", { type: "integer", computed: "round(price, 0)" }],
])("the column “%s” is read whole", (column, expected) => {
  const { schema, warnings } = planFromDescription(`parts (name, price, ${column})`);
  expect(warnings).toEqual([]);
  expect(Object.values(schema.tables.parts?.columns ?? {}).at(-1)).toMatchObject(
    column === "price" ? { type: "decimal" } : expected,
  );
});

test.each([
  ["repairs with device and status: received, in repair, done", ["received", "in repair", "done"]],
  ["repairs (device, status: open / closed)", ["open", "closed"]],
  ["Repairs: device, status: to do, doing, done", ["to do", "doing", "done"]],
])("the states of “%s” are the lanes of its board", (text, options) => {
  const { repairs } = planFromDescription(text).schema.tables;
  expect(repairs?.columns.status?.options).toEqual(options);
  expect(repairs?.board).toBe("status");
});

test("a rule and a title are read; a number “stock” beside “min stock” makes an alert", () => {
  const { schema, warnings } = planFromDescription(
    'An app called “Pedal” with products (name, stock, min stock starting at 10). Rule for products: stock >= 0, else "None left."',
  );
  expect(schema).toMatchObject({ app: "pedal", title: "Pedal" });
  expect(schema.tables.products?.rules).toEqual([{ rule: "stock >= 0", says: "None left." }]);
  expect(schema.tables.products?.alert).toEqual({ column: "stock", limit: "min_stock" });
  expect(warnings).toEqual([]);
});

test.each([
  ["parts (price, total = price * cost)", "has no column “cost”"],
  ["parts (price). Rule for parts: cost > 1", "has no column “cost”"],
])("“%s” is refused with what is wrong in it", (text, sentence) => {
  expect(() => planFromDescription(text)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(sentence) }),
  );
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
  "customers, orders and products",
  "a CRM for my bike shop with customers and repair status",
  "manage rental properties with tenants, leases, and maintenance requests",
  "llamas",
  "Keep a register of company assets: laptops, phones and monitors, with serial number and price",
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
  const { warnings } = planFromDescription("tasks (title), with email reminders, photos and user accounts");
  expect(warnings.join("\n")).toMatch(/no messages or reminders[\s\S]*no pictures[\s\S]*no accounts/);
});

test.each([
  ["customers (name'); DROP TABLE customers; --", ["customers"]],
  ["students (name) Robert'); DROP TABLE students;--", ["students"]],
  ['customers" (id TEXT); sales" (name); DELETE FROM "sales', ["sales"]],
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
  ...[
    "belongs to a customer",
    "customers (name, price)",
    "orders with number and price",
    "total = sum(orders.price)",
  ],
  ...[
    "rule for customers: price > 0",
    "orders: customer, price, total = price * 2",
    "status: a / b",
    "needed",
    "=",
  ],
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
        expect((error as AppError).message).toMatch(/^[A-Z“].*[.?”]$/s);
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
    { numRuns: 150 },
  );
});

test.each<[text: string, tables: readonly string[]]>([
  ["I don't want invoices (number). Only customers (name).", ["customers"]],
  ["customers (name), but no invoices (number)", ["customers"]],
  ["customers (name, but no phone)", ["customers"]],
  ["customers (name, email) who buy products (name, price)", ["customers"]],
  ["gym: members (name), classes (title, capacity: number)", ["members", "classes"]],
  ["Bikes: size (small, large), colour (red, blue)", ["bikes"]],
  ["tasks (title, done: yes or no) and notes (text)", ["tasks", "notes"]],
])("“%s” makes a table only of what is wanted", (text, tables) => {
  const { schema } = planFromDescription(text);
  expect(Object.keys(schema.tables)).toEqual(tables);
  expect(JSON.stringify(schema)).not.toMatch(/no.phone/);
});

test.each([
  ["priority low/medium/high", { options: ["low", "medium", "high"] }],
  ["status open/in progress/closed", { options: ["open", "in progress", "closed"] }],
  ["status new, in progress, done", { options: ["new", "in progress", "done"] }],
  ["status: new -> doing -> done", { options: ["new", "doing", "done"] }],
  ["plus one yes/no", { type: "boolean" }],
  ["price paid in EUR", { type: "money", currency: "EUR", label: "Price paid" }],
  ["items in all", { label: "Items in all" }],
  ["unit price, quantity, total = quantity * unit price", { computed: "quantity * unit_price" }],
  ["receipt photo", { type: "url" }],
])("“%s” is a column that holds what it says", (text, column) => {
  const { schema } = planFromDescription(`widgets (name, ${text})`);
  expect(Object.values(schema.tables.widgets?.columns ?? {}).at(-1)).toMatchObject(column);
});

test("of another language it is told that its words were not read, and of pictures that there are none", () => {
  const { warnings } = planFromDescription("Necesito una app para mi taller: clientes (nombre, photo)");
  expect(warnings.join(" ")).toContain("This looks like Spanish, of which only the signs were read");
  expect(warnings.join(" ")).toContain("keep no pictures or files: “Photo” can hold the web address of one");
});
