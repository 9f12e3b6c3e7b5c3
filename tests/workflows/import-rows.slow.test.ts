import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Values } from "#core/form.ts";
import { upload } from "#core/upload.ts";
import { repairShop } from "../apps/samples.ts";
import { type AppWorld, openAppWorld } from "./app-world.ts";

let world: AppWorld;
beforeEach(async () => {
  world = await openAppWorld();
  world.apps.create(repairShop, "earlier");
});
afterEach(() => world.close());

let files = 0;
const kept = async (bytes: string | Uint8Array): Promise<string> => {
  const name = upload.name(String(++files).padStart(32, "0"), "people.csv");
  await writeFile(await world.files.place(name), bytes);
  return name;
};

const begin = async (bytes: string | Uint8Array, given: Values = {}) => {
  const values = { into: "repair-shop/customers", file: await kept(bytes), ...given };
  return (await world.engine.start("import-rows", values, "Ada")).runId;
};
const asked = async (id: string) => JSON.stringify((await world.through(id, {}, "columns")).steps[1]?.form);
const imported = async (bytes: string | Uint8Array, columns?: Values) => {
  const id = await begin(bytes);
  return world.through(id, columns === undefined ? {} : { columns });
};
const names = () =>
  world.apps.open("repair-shop").db.prepare("SELECT name FROM customers ORDER BY name").pluck().all();

test("a file is looked at before anything is added, rows that do not fit come back to be corrected, and undo takes the others back", async () => {
  const id = await begin("Name;E-Mail;Shoe size\nAda;ada@example.org;38\nBob;bob;40\n");
  const question = await asked(id);
  expect(question).toContain("1 row does not fit");
  expect(question).toContain("Row 3: “Email” must be an e-mail address.");
  expect(question).toContain("Left out: Shoe size.");
  expect(names()).toEqual([]);
  const { run } = await world.through(id);
  expect([run.state, run.outcome?.sentence]).toEqual(["completed", "1 row added, 1 left out."]);
  expect(names()).toEqual(["Ada"]);
  const row = await world.store.exports.get(run.outcome?.exportId ?? "");
  expect(row).toMatchObject({ status: "ready", rows: 1, fileName: "customers-to-correct.csv" });
  expect(row?.preview).toEqual([["Bob", "bob", "40", "“Email” must be an e-mail address. It says “bob”."]]);
  expect(await world.files.size(row?.filePath ?? "")).toBe(row?.sizeBytes);
  await world.engine.undo(id, "Ada");
  await world.until(id, "undone");
  expect(names()).toEqual([]);
});

test("headings that mean nothing are mapped by whoever answers", async () => {
  const csv = "Kunde;Fon\nAda;12345\n";
  const id = await begin(csv);
  expect(await asked(id)).toContain("No heading is the name of a column.");
  await expect(world.engine.answer(id, "columns", { "map.0": "", "map.1": "" }, "Ada")).rejects.toThrow(
    "Say of at least one column",
  );
  await world.engine.answer(id, "columns", { "map.0": "name", "map.1": "phone" }, "Ada");
  await world.until(id, "completed");
  const { db } = world.apps.open("repair-shop");
  expect(db.prepare("SELECT name, phone FROM customers").all()).toEqual([{ name: "Ada", phone: "12345" }]);
});

test("rows that are there are changed by a key; undo gives back what they said, but leaves what somebody changed since", async () => {
  await imported("name,email,notes\nAda,ada@example.org,old\nBob,bob@example.org,old\n");
  const map = { "map.0": "name", "map.1": "email", "map.2": "notes", key: "email" };
  const { run } = await imported(
    "name,email,notes\nAda,ada@example.org,new\nBob,bob@example.org,new\nEve,eve@example.org,new\n",
    map,
  );
  expect(run.outcome?.sentence).toBe("1 row added, 2 changed.");
  const { db } = world.apps.open("repair-shop");
  const notes = () => db.prepare("SELECT name || ' ' || notes FROM customers ORDER BY name").pluck().all();
  expect(notes()).toEqual(["Ada new", "Bob new", "Eve new"]);
  db.exec("UPDATE customers SET notes = 'mine', updated_at = 'later' WHERE name = 'Bob'");
  await world.engine.undo(run.id, "Ada");
  const { steps } = await world.until(run.id, "undone");
  expect(notes()).toEqual(["Ada old", "Bob mine"]);
  expect(steps.find(({ id }) => id === "add")?.detail).toBe(
    "1 row stays, because it was changed since or others refer to it.",
  );
  const [line] = await world.store.logs(run.id, { after: null, limit: 1 });
  expect(line?.text).toBe("1 row was removed. 1 row got back what stood there before.");
});

test("the button says how many rows it adds, which those that do not fit are none of", async () => {
  const id = await begin("name,email\nAda,ada@example.org\n,bob@example.org\n");
  expect(await asked(id)).toContain("1 row does not fit and would be left out");
  expect(await asked(id)).toContain('"Add 1 row"');
});

test("what tells how a file is written may stand anywhere in it, however far from its beginning", async () => {
  await imported("Name\nAda\n");
  const rows = Array.from({ length: 5_000 }, (_, at) => `Ada;R${at};None;01/02/2026`);
  const csv = ["Customer;Device;Problem;Received at", ...rows, "Ada;Last;None;01/13/2026"].join("\n");
  const id = await begin(csv, { into: "repair-shop/repairs" });
  expect(await asked(id)).toContain("The first 2,000 rows of 5,001");
  expect(await asked(id)).toContain('"Add the rows that fit"');
  await world.through(id, {}, "columns");
  await world.through(id);
  const { db } = world.apps.open("repair-shop");
  const found = db
    .prepare("SELECT DISTINCT substr(received_at, 1, 10) FROM repairs ORDER BY 1")
    .pluck()
    .all();
  expect(found).toEqual(["2026-01-02", "2026-01-13"]);
});

test.each([
  ["UTF-16", Buffer.from("\uFEFFName\nMüller\n", "utf16le"), {}],
  ["Latin-1", Buffer.from("Name\nMüller\n", "latin1"), { encoding: "windows-1252" }],
  ["“sep=”", Buffer.from("sep=|\nName|x\nMüller|1\n"), {}],
  ["CR alone", Buffer.from("Name\rMüller\r"), {}],
  [
    "lines above",
    Buffer.from("Statement of May\n\nName;Email;Notes\nMüller;m@example.org;3\nX;x@example.org;4\n"),
    {},
  ],
])("a file with %s goes in as it is meant", async (_, bytes, given) => {
  const id = await begin(new Uint8Array(bytes), given);
  await world.through(id);
  expect(names()).toContain("Müller");
});

test.each([
  ["", "The file is empty"],
  ["Name\n", "no rows below"],
  ['Name\n"open', "never closed"],
])("the file %j is refused with a sentence, and nothing is added", async (csv, why) => {
  const at = await imported(csv);
  expect(at.run.state).toBe("failed");
  expect(at.steps.map(({ error }) => error?.message ?? "").join("")).toContain(why);
  expect(names()).toEqual([]);
});
