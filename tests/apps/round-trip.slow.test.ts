import fc from "fast-check";
import { expect, it } from "vitest";
import { addRow } from "#apps/runtime/change-rows.ts";
import { importCsv } from "#apps/runtime/csv-read.ts";
import { csvParts } from "#apps/runtime/csv-write.ts";
import { createTables } from "#apps/runtime/database.ts";
import { countRows, listRows } from "#apps/runtime/rows.ts";
import { openDatabase } from "#apps/runtime/sqlite.ts";
import { repairShop } from "./samples.ts";

const dataOf = () => {
  const db = openDatabase(":memory:");
  createTables(db, repairShop);
  let id = 0;
  return {
    db,
    schema: repairShop,
    clock: { now: () => 0, newId: () => `00000000-0000-4000-8000-${String(++id).padStart(12, "0")}` },
  };
};
const everything = { q: "", filters: [], sort: "created_at", order: "asc", limit: 500, offset: 0 } as const;
const words = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "=1+1",
    "'=1",
    "''@x",
    "+44",
    "-",
    '"',
    ",",
    ";",
    "a\r\nb",
    "\ta",
    "'",
    " x ",
    "ﾊ",
    "\uFEFFx",
  ),
);

it("gives back from its own CSV whatever text a row holds", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ name: words, notes: words }), { minLength: 1, maxLength: 5 }),
      (rows) => {
        const [here, there] = [dataOf(), dataOf()];
        for (const row of rows) addRow(here, "customers", row);
        const query = { ...everything, filters: [] };
        if (countRows(here, "customers", query) > 0)
          expect(
            importCsv(there, { table: "customers", text: [...csvParts(here, "customers", query)].join("") })
              .problems,
          ).toEqual([]);
        const of = (data: typeof here) =>
          listRows(data, "customers", query).map(({ id, values }) => ({ id, ...values }));
        expect(of(there)).toEqual(of(here));
      },
    ),
  );
});

it("finds every row by any word of its name, whatever the word is", () => {
  fc.assert(
    fc.property(words, (name) => {
      const data = dataOf();
      const added = addRow(data, "customers", { name });
      fc.pre("row" in added);
      for (const word of name.trim().split(/\s+/))
        expect(countRows(data, "customers", { q: word, filters: [] }), JSON.stringify(word)).toBe(1);
    }),
  );
});
