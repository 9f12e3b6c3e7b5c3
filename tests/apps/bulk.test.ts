import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { lookThrough } from "#apps/bulk/csv-file.ts";
import { addLines } from "#apps/bulk/put-lines.ts";
import { shapeOf } from "#apps/bulk/shape.ts";
import { takeBack } from "#apps/bulk/take-back.ts";
import { readersOf } from "#apps/runtime/csv-writing.ts";
import { createTables } from "#apps/runtime/database.ts";
import { newDatabase } from "./new-database.ts";
import { repairShop } from "./samples.ts";

const folder = mkdtempSync(join(tmpdir(), "milepost-bulk-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (text: string) => {
  const path = join(folder, "rows.csv");
  writeFileSync(path, text);
  return { path, encoding: null };
};
const opened = () => {
  const db = newDatabase();
  createTables(db, repairShop);
  return db;
};
const into = { at: { file: "" }, schema: repairShop, table: "customers", run: "run-1", by: "Ada" };
const asHeaded = { map: null, key: null };

test("a row of more cells than any table has columns is refused before the file is read to its end", async () => {
  const wide = `${"a,".repeat(5_000)}a\n`;
  let read = 0;
  const looking = lookThrough(fileOf(`name,email\n${wide.repeat(400)}`), (bytes) => {
    read = bytes;
  });
  await expect(looking).rejects.toThrow("A row of this file has 5,001 cells; 5,000 are taken at most.");
  expect(read).toBeLessThan(wide.length * 400);
});

test("cut off in the middle, an import goes on behind the last row that it kept, and adds none twice", async () => {
  const db = opened();
  const file = fileOf(
    `name,email\n${Array.from({ length: 1_700 }, (_, at) => `P${at},p${at}@example.org\n`).join("")}`,
  );
  const looked = await lookThrough(file, () => undefined);
  const count = () => db.prepare("SELECT count(*) FROM customers").pluck().get();
  const crash = new Error("killed");
  const cutOff = addLines(db, file, looked, into, asHeaded, ({ done }) => {
    if (done >= 1_000) throw crash;
  });
  await expect(cutOff).rejects.toBe(crash);
  expect(count()).toBe(1_000);
  await addLines(db, file, looked, into, asHeaded, () => undefined);
  expect(count()).toBe(1_700);
  expect(db.prepare("SELECT count(DISTINCT email) FROM customers").pluck().get()).toBe(1_700);
  expect(await takeBack(db, into, () => undefined)).toEqual({ removed: 1_700, restored: 0, stayed: 0 });
  expect(count()).toBe(0);
});

test("taken back and done again, an import begins with its first row", async () => {
  const db = opened();
  const file = fileOf("name,email\nAda,ada@example.org\nBob,bob@example.org\nEve,no address\n");
  const looked = await lookThrough(file, () => undefined);
  const names = () => db.prepare("SELECT name FROM customers ORDER BY name").pluck().all();
  await addLines(db, file, looked, into, asHeaded, () => undefined);
  expect(names()).toEqual(["Ada", "Bob"]);
  await takeBack(db, into, () => undefined);
  await addLines(db, file, looked, into, asHeaded, () => undefined);
  expect(names()).toEqual(["Ada", "Bob"]);
});

test("a row that others refer to stays when an import is taken back", async () => {
  const db = opened();
  const file = fileOf("name\nAda\nBob\n");
  await addLines(db, file, await lookThrough(file, () => undefined), into, asHeaded, () => undefined);
  const ada = db.prepare("SELECT id FROM customers WHERE name = 'Ada'").pluck().get();
  const repairs = fileOf(`Customer,Device\n${String(ada)},Phone\n`);
  const other = { ...into, table: "repairs", run: "run-2" };
  await addLines(db, repairs, await lookThrough(repairs, () => undefined), other, asHeaded, () => undefined);
  expect(await takeBack(db, into, () => undefined)).toEqual({ removed: 1, restored: 0, stayed: 1 });
  expect(db.prepare("SELECT name FROM customers").pluck().all()).toEqual(["Ada"]);
});

const digits = fc.integer({ min: 0, max: 99_999 }).map(String);
const written = fc.oneof(
  fc
    .tuple(digits, fc.constantFrom(".", ","), fc.constantFrom("5", "50", "500", "5000"))
    .map((parts) => parts.join("")),
  fc
    .tuple(fc.integer({ min: 0, max: 31 }), fc.constantFrom("/", "-", "."), fc.integer({ min: 0, max: 31 }))
    .map(([one, mark, two]) => `${one}${mark}${two}${mark}2026`),
  fc.constantFrom("€ 5", "5 $", "1.234,5", "1,234.5", "-3", "NULL", "", "x"),
);

test("one cell of each shape tells of a column what all of its cells tell", () => {
  fc.assert(
    fc.property(
      fc.array(written, { minLength: 1, maxLength: 30 }),
      fc.constantFrom("decimal" as const, "integer" as const, "date" as const),
      (cells, type) => {
        const kinds = [...new Map(cells.toReversed().map((cell) => [shapeOf(cell), cell])).values()];
        const column = { type, label: "X", required: false, unique: false };
        const readBy = (known: readonly string[]) => {
          try {
            const [read] = readersOf([{ heading: "X", column, cells: known }]);
            return cells.map((cell) => read?.(cell));
          } catch {
            return "refused";
          }
        };
        expect(readBy(kinds)).toEqual(readBy(cells));
      },
    ),
  );
});
