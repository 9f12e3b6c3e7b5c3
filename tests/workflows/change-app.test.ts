import { afterEach, beforeEach, expect, test } from "vitest";
import { planFromDescription } from "#apps/plan/plan.ts";
import { stepOf } from "../engine/world.ts";
import { type AppWorld, fieldsOf, openAppWorld, shownIn } from "./app-world.ts";

let world: AppWorld;
const at = "2026-01-01T00:00:00.000Z";
const app = "people";

beforeEach(async () => {
  world = await openAppWorld();
  const { schema } = planFromDescription(
    "customers (name needed, phone), orders (number needed, customer, notes)",
  );
  const { db } = world.apps.create({ ...schema, app, title: "People" }, "earlier");
  db.exec(`
    INSERT INTO customers (id, name, phone, created_at, updated_at) VALUES ('c1', 'Ada', '123', '${at}', '${at}');
    INSERT INTO orders (id, number, customer_id, created_at, updated_at) VALUES ('o1', '7', 'c1', '${at}', '${at}');
  `);
});
afterEach(() => world.close());

const rows = (table: string) =>
  world.apps.open(app).db.prepare(`SELECT * FROM ${table} ORDER BY rowid`).all();
const customers = () => rows("customers").map((row) => row as Record<string, unknown>);

test("“Add suppliers (name, phone)” adds it without another question, and every page answers", async () => {
  const id = await world.change({ app, request: "Add suppliers (name, phone)" });
  const asked = await world.through(id, {}, "preview");
  const shown = fieldsOf(stepOf(asked, "preview").form?.fields ?? []);
  expect(shown).toContainEqual(
    expect.objectContaining({
      kind: "code",
      text: expect.stringContaining('CREATE TABLE IF NOT EXISTS "suppliers"'),
    }),
  );
  expect(Object.keys(world.apps.open(app).schema.tables)).toEqual(["customers", "orders"]);
  const { run, steps } = await world.through(id);
  expect(run.error).toBeNull();
  expect(run.state).toBe("completed");
  expect(stepOf({ run, steps }, "approve").state).toBe("skipped");
  expect(Object.keys(world.apps.open(app).schema.tables)).toEqual(["customers", "orders", "suppliers"]);
  expect((await world.page(app, "suppliers/new")).status).toBe(200);
  expect(customers()[0]).toMatchObject({ name: "Ada", phone: "123" });
});

test("what loses data is only done when a person agrees", async () => {
  const id = await world.change({ app, request: "remove phone from customers" });
  const asked = await world.through(id, {}, "approve");
  expect(stepOf(asked, "approve").state).toBe("asking");
  expect(JSON.stringify(stepOf(asked, "approve").form)).toContain("1 row says in it");
  expect(customers()[0]).toHaveProperty("phone", "123");
  await world.engine.answer(id, "approve", {}, "Ada", { press: "reject" });
  const { run } = await world.until(id, "failed", "completed", "cancelled");
  expect(run.state).not.toBe("completed");
  expect(customers()[0]).toHaveProperty("phone", "123");
});

test("undo brings back what was removed", async () => {
  const id = await world.change({ app, request: "remove phone from customers" });
  expect((await world.through(id)).run.state).toBe("completed");
  expect(customers()[0]).not.toHaveProperty("phone");
  await world.engine.undo(id, "Ada");
  expect((await world.until(id, "undone", "failed", "cancelled")).run.undoneAt).not.toBeNull();
  expect(customers()).toEqual([expect.objectContaining({ name: "Ada", phone: "123" })]);
  expect(world.apps.open(app).schema.tables.customers?.columns.phone).toBeDefined();
});

test("undo brings back what was removed and keeps what was entered and changed since, in the same table too", async () => {
  const before = world.apps.open(app).schema;
  const id = await world.change({ app, request: "remove phone from customers and remove the table orders" });
  await world.through(id);
  world.apps.open(app).db.exec(`
    INSERT INTO customers (id, name, created_at, updated_at) VALUES ('c2', 'Bob', '${at}', '${at}');
    UPDATE customers SET name = 'Ada L.' WHERE id = 'c1';
  `);
  await world.engine.undo(id, "Ada");
  expect((await world.until(id, "undone", "failed", "cancelled")).run.undoneAt).not.toBeNull();
  expect(customers()).toMatchObject([
    { name: "Ada L.", phone: "123" },
    { name: "Bob", phone: null },
  ]);
  expect(rows("orders")).toMatchObject([{ id: "o1", number: "7", customer_id: "c1" }]);
  expect(world.apps.open(app).schema).toEqual(before);
});

test("undo refuses to throw away what was entered into a column that it would take away, and says how to", async () => {
  const id = await world.change({ app, request: "add a birthday column to customers" });
  await world.through(id);
  const { db } = world.apps.open(app);
  const enter = (birthday: string) =>
    db.exec(
      `INSERT INTO customers (id, name, birthday, created_at, updated_at) VALUES ('c${birthday.length}', 'Bob', '${birthday}', '${at}', '${at}')`,
    );
  enter("2000-01-01");
  await world.engine.undo(id, "Ada");
  const { run } = await world.until(id, "undone", "failed", "cancelled");
  expect(run.error?.message).toContain("goes with what 1 row says in it. To give it up, take it away with");
  expect(customers()[1]).toMatchObject({ birthday: "2000-01-01" });
  db.exec("UPDATE customers SET birthday = NULL");
  await world.engine.undo(id, "Ada");
  expect((await world.until(id, "undone", "failed", "cancelled")).run.undoneAt).not.toBeNull();
  expect(customers().map(({ name }) => name)).toEqual(["Ada", "Bob"]);
});

test("undo says which rows stand in its way", async () => {
  const id = await world.change({ app, request: "make number of orders optional" });
  await world.through(id);
  world.apps
    .open(app)
    .db.exec(`INSERT INTO orders (id, created_at, updated_at) VALUES ('o2', '${at}', '${at}')`);
  await world.engine.undo(id, "Ada");
  const { run } = await world.until(id, "undone", "failed", "cancelled");
  expect(run.error).toMatchObject({
    code: "conflict",
    message: expect.stringContaining("1 row has nothing there"),
  });
  world.apps.open(app).db.exec("DELETE FROM orders WHERE id = 'o2'");
  await world.engine.undo(id, "Ada");
  expect((await world.until(id, "undone", "failed", "cancelled")).run.undoneAt).not.toBeNull();
});

test("data that came after the preview are not lost without being agreed to", async () => {
  const id = await world.change({ app, request: "remove notes from orders" });
  await world.through(id, {}, "preview");
  const open = world.apps.keepCopy;
  // Somebody writes a note at the very moment between the preview and the change.
  world.apps.keepCopy = (...args) => {
    open(...args);
    world.apps.open(app).db.exec("UPDATE orders SET notes = 'call back'");
  };
  const { run } = await world.through(id);
  expect(run.state).toBe("failed");
  expect(run.error?.message).toContain("More would be lost than was agreed to");
  expect(rows("orders")[0]).toMatchObject({ notes: "call back" });
});

test.each([
  [{ app: "nowhere", request: "add suppliers (name, phone)" }, "app", "Choose one of the apps"],
  [{ app, request: "make it nicer" }, "request", "was not understood"],
  [{ app, request: "add customers" }, "request", "already"],
])("%o starts no run and says why", async (values, field, sentence) => {
  await expect(world.change(values)).rejects.toMatchObject({
    code: "bad-input",
    field,
    message: expect.stringContaining(sentence),
  });
});

test("a column that must be filled in, with rows that have nothing there, is refused before anything is done", async () => {
  const id = await world.change({ app, request: "make notes of orders required" });
  const { run } = await world.through(id);
  expect(run.state).toBe("failed");
  expect(run.error?.message).toContain("Correct these rows first");
});

test("one app is changed by one run at a time", async () => {
  const id = await world.change({ app, request: "add suppliers (name, phone)" });
  await expect(world.change({ app, request: "add tickets (subject)" })).rejects.toMatchObject({
    code: "locked",
    runId: id,
  });
});

/** Begins a change by hand, and gives its form's values, the names of a column's fields, and what draws the form anew. */
const byHand = async () => {
  const id = await world.change({ app, request: "" });
  const asked = await world.through(id, {}, "preview");
  const values = shownIn(stepOf(asked, "preview").form);
  const at = (label: string) => {
    const [field] =
      Object.entries(values).find(([name, value]) => name.endsWith(".label") && value === label) ?? [];
    return field?.replace(/\.label$/, "") ?? expect.fail(`no column ${label}`);
  };
  const show = async (changed: object) =>
    JSON.stringify(await world.engine.redraw(id, "preview", { ...values, ...changed }, "show"));
  return { id, values, at, show };
};

test("without words the plan itself is changed in a form: names, choices, what is needed; rows stay, and undo goes back", async () => {
  const before = world.apps.open(app).schema;
  const { id, values, at, show } = await byHand();
  await expect(world.engine.answer(id, "preview", values, "Ada")).rejects.toMatchObject({
    message: expect.stringContaining("Nothing is changed yet"),
  });
  const changed = {
    [`${at("Phone")}.label`]: "Mobile",
    [`${at("Number")}.required`]: "on",
    title: "Clients",
  };
  const seen = await show(changed);
  expect(seen).toContain("Renames “Phone” of “Customers” to “Mobile”.");
  expect(seen).toContain("Calls the app “Clients”.");
  expect(world.apps.open(app).schema).toEqual(before);
  const { run } = await world.through(id, { preview: { ...values, ...changed } });
  expect(run).toMatchObject({ state: "completed", error: null });
  expect(world.apps.open(app).schema).toMatchObject({
    title: "Clients",
    tables: {
      customers: { columns: { phone: { label: "Mobile" } } },
      orders: { columns: { number: { required: true } } },
    },
  });
  expect(customers()).toMatchObject([{ name: "Ada", phone: "123" }]);
  await world.engine.undo(id, "Ada");
  await world.until(id, "undone", "failed");
  expect(world.apps.open(app).schema).toEqual(before);
});

test("a living app gets what is computed and rules by the same form, keeps its rows, and undo takes only these away", async () => {
  const { id, values, at: field } = await byHand();
  const added = shownIn(
    await world.engine.redraw(id, "preview", { ...values } as typeof values, "add-column:0"),
  );
  const last = Object.keys(added)
    .filter((name) => /^t0\.c\d+\.label$/.test(name))
    .at(-1)
    ?.replace(".label", "");
  const ruled = shownIn(await world.engine.redraw(id, "preview", added, "add-rule:1"));
  const plan = {
    ...ruled,
    ...{ [`${last}.label`]: "Orders", [`${last}.type`]: "integer", [`${last}.computed`]: "count(orders)" },
    ...{ "t1.r0.rule": "unique number, customer_id", "t1.r0.says": "It is there already." },
  };
  expect(field("Number")).toMatch(/^t1/);
  const { run } = await world.through(id, { preview: plan });
  expect([run.state, run.outcome?.sentence]).toEqual([
    "completed",
    expect.stringContaining("From now on a rule of “Orders”: unique number, customer_id."),
  ]);
  expect((await world.page(app, "customers")).text).toContain('data-label="Orders">1<');
  await world.engine.undo(id, "Ada");
  expect((await world.until(id, "undone", "failed")).run.undoneAt).not.toBeNull();
  expect(world.apps.open(app).schema.tables.orders?.rules).toBeUndefined();
});

test("another type takes over the values that fit it; those that do not are told, agreed to, and come back by undo beside what was entered since", async () => {
  world.apps.open(app).db.exec(`
    INSERT INTO orders (id, number, customer_id, created_at, updated_at) VALUES ('o2', 'A-8', 'c1', '${at}', '${at}');
    INSERT INTO orders (id, number, customer_id, created_at, updated_at) VALUES ('o3', '012', 'c1', '${at}', '${at}');
  `);
  const numbers = () => rows("orders").map((row) => (row as { number: unknown }).number);
  const { id, values, at: field, show } = await byHand();
  const changed = { [`${field("Number")}.type`]: "integer", [`${field("Number")}.required`]: "" };
  const seen = await show(changed);
  expect(seen).toContain("Changes “Number” of “Orders” from text to integer.");
  expect(seen).toContain(
    "1 value of “Number” in “Orders” cannot be kept as integer and will be empty: “A-8”.",
  );
  const asked = await world.through(id, { preview: { ...values, ...changed } }, "approve");
  expect(stepOf(asked, "approve").state).toBe("asking");
  expect(numbers()).toEqual(["7", "A-8", "012"]);
  expect((await world.through(id)).run).toMatchObject({ state: "completed", error: null });
  expect(numbers()).toEqual([7, null, 12]);
  world.apps.open(app).db.exec(`
    UPDATE orders SET number = 8 WHERE id = 'o1';
    INSERT INTO orders (id, number, customer_id, created_at, updated_at) VALUES ('o4', 9, 'c1', '${at}', '${at}');
  `);
  await world.engine.undo(id, "Ada");
  await world.until(id, "undone", "failed");
  expect(numbers()).toEqual(["8", "A-8", "012", "9"]);
});

test("a column that is needed takes no type that its values do not fit", async () => {
  const { id, values, at: field, show } = await byHand();
  const changed = { [`${field("Name")}.type`]: "date" };
  expect(await show(changed)).toContain(
    "“Name” of “Customers” must be filled in from now on, but 1 row has nothing there.",
  );
  await expect(world.engine.answer(id, "preview", { ...values, ...changed }, "Ada")).rejects.toMatchObject({
    code: "bad-input",
  });
});

test("tables and columns come and go by the form's buttons, and nothing is done before it is agreed to", async () => {
  const { id, values } = await byHand();
  const redraw = async (from: object, press: string) =>
    shownIn(await world.engine.redraw(id, "preview", { ...from } as typeof values, press));
  const added = await redraw(await redraw(values, "add-table"), "add-column:2");
  const filled = { ...added, "t2.title": "Suppliers", "t2.c1.label": "Founded on", "t2.c1.type": "date" };
  const { run } = await world.through(id, { preview: await redraw(filled, "remove-column:0:1") });
  // The column that goes holds something, so it was agreed to.
  expect(run.state).toBe("completed");
  const { tables } = world.apps.open(app).schema;
  expect(tables.suppliers?.columns.founded_on).toMatchObject({ type: "date", label: "Founded on" });
  expect(Object.keys(tables.customers?.columns ?? {})).not.toContain("phone");
  expect(customers()).toMatchObject([{ name: "Ada" }]);
});

test("what must differ in every row is refused while rows are the same, and what new rows begin with has to fit", async () => {
  world.apps
    .open(app)
    .db.exec(
      `INSERT INTO customers (id, name, phone, created_at, updated_at) VALUES ('c2', 'Ada', '456', '${at}', '${at}')`,
    );
  const { id, values, at: field, show } = await byHand();
  expect(await show({ [`${field("Name")}.unique`]: "on" })).toContain("2 rows share theirs with another");
  const changed = { [`${field("Phone")}.unique`]: "on", [`${field("Number")}.initial`]: "N-1" };
  expect(await show({ ...changed, [`${field("Phone")}.initial`]: "none" })).toContain(
    "New rows cannot begin with “none” in “Phone”.",
  );
  expect((await world.through(id, { preview: { ...values, ...changed } })).run.state).toBe("completed");
  expect(world.apps.open(app).schema.tables).toMatchObject({
    customers: { columns: { phone: { unique: true } } },
    orders: { columns: { number: { initial: "N-1" } } },
  });
});

test("what is not understood beside what is, is asked about: said differently, it is read again", async () => {
  const request = "add birthday to customers; paint it all blue";
  const id = await world.change({ app, request });
  const asked = stepOf(await world.through(id, {}, "preview"), "preview");
  expect(JSON.stringify(asked.form)).toContain("“paint it all blue” was not understood.");
  const shown = shownIn(asked.form);
  const other = { ...shown, request: "add birthday to customers; add colour to customers" };
  await expect(world.engine.answer(id, "preview", other, "Ada")).rejects.toMatchObject({ field: "request" });
  const lost = await world.engine.redraw(id, "preview", { ...shown, request: "blue" }, "read-again");
  expect(JSON.stringify(lost)).toContain("“blue” was not understood.");
  const { read: _, ...ofBefore } = shown;
  const drawn = await world.engine.redraw(id, "preview", ofBefore, "add-column:0");
  expect(shownIn(drawn).read).toBe(request);
  const read = await world.engine.redraw(id, "preview", other, "read-again");
  expect(JSON.stringify(read)).not.toContain("was not understood");
  await world.engine.answer(id, "preview", shownIn(read), "Ada");
  const { run } = await world.through(id);
  expect(run.outcome?.sentence).not.toContain("Not done");
  expect(Object.keys(world.apps.open(app).schema.tables.customers?.columns ?? {})).toEqual([
    ...["name", "phone", "birthday", "colour"],
  ]);
});

test("a program that agrees to a part of what it asked for is told what was not done", async () => {
  const id = await world.change({ app, request: "add birthday to customers; paint it all blue" });
  const { run } = await world.through(id);
  expect(run.outcome?.sentence).toContain("Not done: “paint it all blue” was not understood.");
});

test("words that come to nothing do not stand in the way of what is changed by hand", async () => {
  const id = await world.change({ app, request: "add birthday to customers" });
  const { form } = stepOf(await world.through(id, {}, "preview"), "preview");
  const lost = await world.engine.redraw(id, "preview", { ...shownIn(form), request: "blue" }, "read-again");
  const byHand = { ...shownIn(lost), "t0.c0.label": "Full name" };
  await world.engine.answer(id, "preview", byHand, "Ada");
  const { run } = await world.through(id);
  expect([run.state, run.outcome?.sentence]).toEqual([
    "completed",
    expect.stringContaining("Not done: “blue” was not understood."),
  ]);
  const { columns } = world.apps.open(app).schema.tables.customers ?? {};
  expect([columns?.name?.label, columns?.birthday]).toEqual(["Full name", undefined]);
});
