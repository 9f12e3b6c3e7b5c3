import { existsSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { upload } from "#core/upload.ts";
import { stepOf } from "../engine/world.ts";
import { type AppWorld, fieldsOf, openAppWorld, shownIn } from "./app-world.ts";

let world: AppWorld;
beforeEach(async () => {
  world = await openAppWorld();
});
afterEach(() => world.close());

const bikes =
  "customers (name needed, phone, email, notes), bikes (name needed, price, status: available / rented, notes), rentals (customer needed, bike needed, start date, status: out / returned), repairs (customer, bike, problem, status: received / ready)";

describe("a template becomes an app whose pages answer", () => {
  test.each(["inventory", "restaurant-reservations"])("%s", async (example) => {
    const id = await world.generate({ example });
    const { run, steps } = await world.through(id);
    expect(run.error).toBeNull();
    expect(run.state).toBe("completed");
    expect(run.outcome?.links?.[0]?.href).toBe(`/apps/${example}/`);
    expect(steps.map(({ title }) => title).slice(-4)).toEqual([
      "Create database tables",
      "Generate application UI",
      "Add search and filters",
      "Configure workflows",
    ]);
    const app = world.apps.open(example);
    for (const table of Object.keys(app.schema.tables)) {
      const { status } = await world.page(example, `${table}?q=x`);
      expect(status).toBe(200);
    }
    expect((await world.page(example, "no-such-table")).status).toBe(404);
  });
});

const ledger = "Buchungstag;Empfänger;Betrag\n31.12.2025;Stadtwerke;-17,22\n02.01.2026;Miete;-1.234,56\n";

test("the rows of a spreadsheet become an app with these rows in it, their types told by what stands in them", async () => {
  const id = await world.generate({ rows: ledger, title: "Bank" });
  const planned = await world.through(id, {}, "plan");
  expect(JSON.stringify(stepOf(planned, "plan").form)).toContain(
    '["Betrag","holds numbers, such as -17,22"]',
  );
  const { run, steps } = await world.through(id);
  expect(run).toMatchObject({ state: "completed", error: null });
  expect(steps.find((step) => step.id === "create-tables")?.substeps.map(({ name }) => name)).toEqual([
    "Bank",
    "Rows of Bank",
  ]);
  const rows = world.apps
    .open("bank")
    .db.prepare("SELECT buchungstag, empfanger, betrag FROM bank ORDER BY rowid");
  expect(rows.all()).toEqual([
    { buchungstag: "2025-12-31", empfanger: "Stadtwerke", betrag: -17.22 },
    { buchungstag: "2026-01-02", empfanger: "Miete", betrag: -1234.56 },
  ]);
});

const sent = upload.name("0".repeat(32), "people.csv");

const sentFiles = (files: Record<string, string | Buffer>): Promise<string[]> =>
  Promise.all(
    Object.entries(files).map(async ([called, bytes], at) => {
      const name = upload.name(String(at).padStart(32, "0"), called);
      await writeFile(await world.files.place(name), bytes);
      return name;
    }),
  );

const lending = {
  // Those that refer come first, so that the order of the files does not help.
  "loans.csv": "member_no,ISBN,Lent on\n7,978-1,2026-01-31\n8,978-2,2026-02-01\n7,978-2,2026-02-03\n",
  "books.csv": Buffer.from("ISBN;Title;Price\n978-1;Äpfel;12,50\n978-2;Birnen;3,00\n", "latin1"),
  "members.csv": "No;Name\n7;Ada\n8;Bob\n",
};

test("several files become an app whose tables refer to each other as their rows do", async () => {
  const files = await sentFiles(lending);
  const id = await world.generate({ files, title: "Library", encoding: "windows-1252" });
  const { run } = await world.through(id);
  expect(run).toMatchObject({ state: "completed", error: null });
  const loans = world.apps
    .open("library")
    .db.prepare(
      "SELECT members.name, books.title, lent_on FROM loans JOIN members ON members.id = member_no JOIN books ON books.id = loans.isbn ORDER BY loans.rowid",
    );
  expect(loans.all().map((row) => Object.values(row as object))).toEqual([
    ["Ada", "Äpfel", "2026-01-31"],
    ["Bob", "Birnen", "2026-02-01"],
    ["Ada", "Birnen", "2026-02-03"],
  ]);
});

test("where some rows of one file do not fit a plan that was changed, none of any file stays, and the run leads back", async () => {
  const id = await world.generate({
    files: await sentFiles({ "a.csv": "Name\nAda\n", "b.csv": "Day\n1 May 2026\n2 May 2026\n" }),
  });
  const form = shownIn(stepOf(await world.through(id, {}, "plan"), "plan").form);
  const asNumber = Object.entries(form).map(([name, value]) => [name, value === "date" ? "integer" : value]);
  const { run } = await world.through(id, { plan: Object.fromEntries(asNumber) });
  expect(run.error?.message).toMatch(/^2 of 2 rows of “B” do not fit the plan\. .*“Day”/);
  expect(run.error?.wayOn).toMatchObject({ back: "plan" });
  expect(world.apps.open("a").db.prepare("SELECT count(*) FROM a").pluck().get()).toBe(0);
  await world.engine.rewind(id, "plan", "Ada");
  await world.when(id, ({ steps }) => steps[1]?.state === "asking");
  await world.engine.answer(id, "plan", form, "Ada");
  expect((await world.through(id)).run.state).toBe("completed");
  expect(world.apps.open("a").db.prepare("SELECT count(*) FROM b").pluck().get()).toBe(2);
});

test("rows that do not fit a plan that was changed are told one by one, lead back to it, and leave nothing behind", async () => {
  const id = await world.generate({ rows: ledger, title: "Bank" });
  const at = await world.through(id, {}, "plan");
  const shown = shownIn(stepOf(at, "plan").form);
  const [type] = Object.keys(shown).filter((name) => shown[name] === "decimal");
  const failed = await world.through(id, { plan: { ...shown, [type ?? ""]: "date" } });
  expect(failed.run.error).toMatchObject({
    message: expect.stringContaining("Row 2: “Betrag” must be a date"),
    wayOn: { back: "plan" },
  });
  expect(world.apps.open("bank").db.prepare("SELECT count(*) FROM bank").pluck().get()).toBe(0);
});

test.each([
  [{ rows: ledger }, "title", "Give the app a title"],
  [{ rows: ledger, title: "Bank", description: "customers (name needed, phone)" }, "rows", "one of them"],
  [{ rows: ledger, title: "Bank", files: sent }, "rows", "one of them"],
  [{ files: sent, example: "inventory" }, "files", "one of them"],
  [{ files: Array.from({ length: 21 }, () => sent) }, "files", "at most 20 files"],
  [{ files: "../secret.csv" }, "files", "Choose a file"],
  [{ rows: "Name\n", title: "Bank" }, "rows", "no rows below its headings"],
])("%o does not begin", async (values, field, words) => {
  await expect(world.generate(values)).rejects.toMatchObject({
    ...{ code: "bad-input", field },
    message: expect.stringContaining(words),
  });
});

test("the steps say what they really made: a substep for each table, page, filter, board and rule", async () => {
  const id = await world.generate({ description: bikes });
  const at = await world.through(id);
  const names = (step: string) => stepOf(at, step).substeps.map(({ name }) => name);
  expect(names("create-tables")).toEqual(["Customers", "Bikes", "Rentals", "Repairs"]);
  expect(names("generate-ui")).toEqual(
    expect.arrayContaining(["Start page", "Customer list", "Rental form"]),
  );
  expect(names("search-filters")).toEqual(
    expect.arrayContaining(["Search in Customers", "Bikes by Status", "Rentals by Bike"]),
  );
  expect(names("workflows")).toEqual(["Bike board", "Rental board", "Repair board"]);
  expect(at.steps.every(({ substeps }) => substeps.every(({ state }) => state === "completed"))).toBe(true);
  expect(stepOf(at, "search-filters").detail).toBe("3 searches, 7 filters");
  expect(at.run.size).toEqual({ count: 4, what: "tables" });
});

test("a filter of each kind is proven to use its index: of choices, of rows, of yes or no", async () => {
  const description = "people (name), tasks (title, person, done yes/no, status: new / old)";
  const { run } = await world.through(await world.generate({ description, title: "Tasks" }));
  expect([run.state, run.error]).toEqual(["completed", null]);
  expect(world.apps.open("tasks").schema.tables.tasks?.filters).toEqual(["status", "person_id", "done"]);
});

test("the pages are drawn by the app itself: one that does not answer fails the run", async () => {
  const id = await world.generate({
    description: "customers (name needed, phone), orders (number needed, customer, notes)",
  });
  await world.through(id, {}, "plan");
  // The table goes between its making and the drawing of its pages.
  const open = world.apps.open;
  world.apps.open = (slug) => {
    const app = open(slug);
    app.db.exec("DROP TABLE IF EXISTS orders");
    return app;
  };
  const { run, steps } = await world.through(id);
  expect(run.state).toBe("failed");
  expect(run.error?.stepId).toBe("generate-ui");
  expect(run.error?.message).toMatch(/page “.*” of the app does not work/);
  expect(stepOf({ run, steps }, "generate-ui").substeps.at(-1)?.state).not.toBe("completed");
});

test("a column that holds many rows of another table becomes a table of pairs in which no pair is twice", async () => {
  const id = await world.generate({
    description: "books (title needed), people (name needed)",
    title: "Shelf",
  });
  const form = shownIn(stepOf(await world.through(id, {}, "plan"), "plan").form);
  const added = { "t0.c1": "1", "t0.c1.key": "", "t0.c1.label": "Authors", "t0.c1.type": "many:people" };
  const { run } = await world.through(id, { plan: { ...form, ...added } });
  expect(run.error).toBeNull();
  const { schema, db } = world.apps.open("shelf");
  expect(Object.keys(schema.tables.books?.columns ?? {})).toEqual(["title"]);
  expect(schema.tables.authors).toMatchObject({
    title: "Authors",
    columns: { book_id: { to: "books" }, person_id: { to: "people" } },
    rules: [{ rule: "unique book_id, person_id" }],
  });
  expect(db.prepare("SELECT count(*) FROM authors").pluck().get()).toBe(0);
});

test("the plan can be changed before anything is made, button by button", async () => {
  const id = await world.generate({ description: "customers (name needed, phone)" });
  const at = await world.through(id, {}, "plan");
  expect(world.apps.titles()).toEqual([]);
  const press = async (values: Parameters<typeof world.engine.redraw>[2], button: string) =>
    shownIn(await world.engine.redraw(id, "plan", values, button));
  let values = shownIn(stepOf(at, "plan").form);
  values = await press(values, "add-table");
  values = await press({ ...values, "t1.title": "Loyalty cards", "t1.c0.label": "Number" }, "add-column:1");
  values = await press(
    { ...values, "t1.c1.label": "Holder", "t1.c1.type": "reference:customers" },
    "add-column:1",
  );
  values = { ...values, "t1.c2.label": "Status", "t1.c2.type": "text", "t1.c2.options": "active, lost" };
  values = await press(values, "add-column:1");
  values = { ...values, "t1.c3.label": "Points", "t1.c3.type": "integer", "t1.c3.initial": "1" };
  values = await press(values, "add-column:1");
  values = { ...values, "t1.c4.label": "Bonus", "t1.c4.type": "integer", "t1.c4.computed": "points * 2" };
  values = await press(await press(values, "up-column:1:4"), "up-column:1:3");
  values = await press(await press(values, "add-rule:1"), "add-rule:1");
  values = { ...values, "t1.r0.rule": "points < 0", "t1.r1.rule": "points >= 0", "t1.r1.says": "No debts." };
  values = await press(await press(values, "remove-rule:1:0"), "remove-column:0:1");
  const wrong = { ...values, "t1.c2.computed": "points *" };
  await expect(world.engine.answer(id, "plan", wrong, "Ada")).rejects.toMatchObject({
    field: "t1.c2.computed",
  });
  await world.engine.answer(id, "plan", { ...values, title: "Cards" }, "Ada");
  const end = await world.through(id);
  expect(end.run.error).toBeNull();
  const { schema } = world.apps.open("customers");
  expect(schema.title).toBe("Cards");
  expect(Object.keys(schema.tables.customers?.columns ?? {})).toEqual(["name"]);
  expect(schema.tables.loyalty_cards).toMatchObject({
    singular: "Loyalty card",
    board: "status",
    columns: { holder: { to: "customers" }, status: { options: ["active", "lost"], initial: "active" } },
    rules: [{ rule: "points >= 0", says: "No debts." }],
  });
  expect(Object.keys(schema.tables.loyalty_cards?.columns ?? {}).slice(1)).toEqual([
    "holder",
    "bonus",
    "status",
    "points",
  ]);
});

test.each([
  ["t0.title", { "t0.key": "", "t0.title": "!!" }, "title of letters"],
  ["title", { title: "x".repeat(81) }, "at most 80"],
  ["t0.title", { "t0.title": "x".repeat(61) }, "at most 60"],
  ["t0.c0.label", { "t0.c0.key": "", "t0.c0.label": "!!" }, "label of letters"],
  ["t0.c0.type", { "t0.c0.type": "nonsense" }, "Choose what this column holds"],
  ["t0.c1.options", { "t0.c1.options": "a, b" }, "Only a text"],
  ["t0.c1.label", { "t0.c1.key": "name" }, "twice"],
  [undefined, { "t0.c0.type": "reference:gone" }, "points to a table “gone”"],
  [undefined, { "t0.c0.key": "id" }, "cannot be called “id”"],
  [undefined, { "t0.key": 'x"; DROP TABLE y' }, "The plan is not complete"],
])("an answer that is wrong at %s is refused there", async (field, wrong, sentence) => {
  const id = await world.generate({ description: "customers (name needed, phone)" });
  const at = await world.through(id, {}, "plan");
  const values = { ...shownIn(stepOf(at, "plan").form), ...wrong };
  await expect(world.engine.answer(id, "plan", values, "Ada")).rejects.toMatchObject({
    code: "bad-answer",
    field,
    message: expect.stringContaining(sentence),
  });
});

test("a program agrees to the plan as it is by answering nothing", async () => {
  const id = await world.generate({
    description: "customers (name needed, phone), orders (number needed, customer, notes)",
  });
  await world.through(id, {}, "plan");
  await world.engine.answer(id, "plan", {}, "a program");
  expect(stepOf(await world.through(id), "plan").detail).toBe("2 tables: Customers, Orders");
});

test("planning again from other words replaces the plan, and words that say nothing get a question", async () => {
  const id = await world.generate({ description: "customers (name needed, phone)" });
  const at = await world.through(id, {}, "plan");
  const shown = shownIn(stepOf(at, "plan").form);
  const again = await world.engine.redraw(id, "plan", { ...shown, description: "cats (name)" }, "plan-again");
  expect(shownIn(again)["t0.title"]).toBe("Cats");
  const vague = await world.engine.redraw(id, "plan", { ...shown, description: "nice" }, "plan-again");
  expect(fieldsOf(vague.fields)).toContainEqual(
    expect.objectContaining({ kind: "note", tone: "danger", text: expect.stringContaining("Which things") }),
  );
});

test("a rejected plan leaves nothing behind", async () => {
  const id = await world.generate({ description: bikes });
  await world.through(id, {}, "plan");
  await world.engine.answer(id, "plan", {}, "Ada", { press: "reject" });
  const { run } = await world.until(id, "failed", "completed", "cancelled");
  expect(run.state).not.toBe("completed");
  expect(readdirSync(world.folder)).toEqual([]);
});

test("going back to the plan of an app that is made replaces it while it is empty, and never throws rows away", async () => {
  const id = await world.generate({ description: "customers (name needed, phone)", title: "People" });
  await world.through(id);
  const answerAnew = async (title: string) => {
    await world.engine.rewind(id, "plan", "Ada");
    const at = await world.when(id, ({ steps }) => steps[1]?.state === "asking");
    const values = { ...shownIn(stepOf(at, "plan").form), "t0.c1.label": title };
    await world.engine.answer(id, "plan", values, "Ada");
    return world.through(id);
  };
  expect((await answerAnew("Mobile")).run.state).toBe("completed");
  const { db, schema } = world.apps.open("people");
  expect(schema.tables.customers?.columns.phone?.label).toBe("Mobile");
  db.exec("INSERT INTO customers (id, name, created_at, updated_at) VALUES ('c1', 'Ada', '2026', '2026')");
  await world.engine.rewind(id, "plan", "Ada");
  const { run } = await world.until(id, "failed", "asking", "completed");
  expect(run.error?.message).toContain("it holds 1 row,");
  expect(world.apps.open("people").schema).toEqual(schema);
});

test.each([
  [{ description: "make me something nice" }, "description", "Which things"],
  [{ description: "" }, "description", "Describe what the app should keep"],
  [{ description: "customers (name needed, phone)", example: "inventory" }, "example", "not both"],
  [{ example: "nonsense" }, "example", "one of the templates"],
  [{ description: "customers (name needed, phone)", model: "no-such" }, "model", "one of the connections"],
])("%o starts no run and says why", async (values, field, sentence) => {
  await expect(world.generate(values as Record<string, string>)).rejects.toMatchObject({
    code: "bad-input",
    field,
    message: expect.stringContaining(sentence),
  });
  expect((await world.engine.runs({ limit: 1 })).rows).toEqual([]);
});

test("an address that is taken is refused when it was chosen, and moved on from when it was guessed", async () => {
  await world.through(
    await world.generate({ description: "customers (name needed, phone)", title: "People" }),
  );
  await expect(world.generate({ description: "cats (name)", title: "People" })).rejects.toMatchObject({
    code: "bad-input",
    field: "title",
    message: expect.stringContaining("/apps/people-2/ would be free"),
  });
  await world.through(await world.generate({ example: "inventory" }));
  const { run } = await world.through(await world.generate({ example: "inventory" }));
  expect(run.outcome?.links?.[0]?.href).toBe("/apps/inventory-2/");
});

test("a guessed address that another run holds while it asks is moved on from too", async () => {
  const description = "customers (name needed, phone)";
  await world.through(await world.generate({ description }), {}, "plan");
  const { run } = await world.through(await world.generate({ description }));
  expect(run.outcome?.links?.[0]?.href).toBe("/apps/customers-2/");
});

test("two runs cannot make the same app at once", async () => {
  const id = await world.generate({ description: "customers (name needed, phone)", title: "People" });
  await expect(world.generate({ description: "cats (name)", title: "People" })).rejects.toMatchObject({
    code: "locked",
    runId: id,
  });
});

test("undo deletes the app of this run and no other", async () => {
  const one = await world.generate({ example: "inventory" });
  await world.through(one);
  const two = await world.generate({ example: "inventory" });
  await world.through(two);
  await world.engine.undo(two, "Ada");
  await world.until(two, "undone", "failed");
  expect(existsSync(join(world.folder, "inventory-2"))).toBe(false);
  expect(world.apps.open("inventory").madeBy).toBe(one);
});

test("undo never deletes an app that somebody else has made in its place", async () => {
  const id = await world.generate({ description: "customers (name needed, phone)", title: "People" });
  await world.through(id);
  const { schema } = world.apps.open("people");
  world.apps.remove("people");
  world.apps.create(schema, "another-run");
  await world.engine.undo(id, "Ada");
  await world.until(id, "undone", "failed", "cancelled");
  expect(world.apps.open("people").madeBy).toBe("another-run");
});

test("what stands in a description never becomes SQL or HTML", async () => {
  const title = `<img src=x onerror=alert(1)> '; DROP TABLE customers; --`;
  const id = await world.generate({ description: "customers (name). '; DROP TABLE customers; --", title });
  const { run } = await world.through(id);
  expect(run.error).toBeNull();
  const slug = run.outcome?.links?.[0]?.href.split("/")[2] ?? "";
  const { text } = await world.page(slug, "");
  expect(text).not.toContain("<img src=x");
  expect(text).toContain("&lt;img");
});
