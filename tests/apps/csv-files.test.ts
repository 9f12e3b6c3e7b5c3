import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkSchema } from "#apps/runtime/check-schema.ts";
import { quotingAfter } from "#apps/runtime/csv-cells.ts";
import { siteOf } from "./site.ts";

const columns = {
  name: { type: "text", label: "Name" },
  unit_price: { type: "decimal", label: "Unit price" },
  pieces: { type: "integer", label: "Pieces" },
  day: { type: "date", label: "Day" },
  at: { type: "timestamp", label: "At" },
  phone: { type: "phone", label: "Phone" },
  paid: { type: "boolean", label: "Paid" },
  status: { type: "text", label: "Status", options: ["open", "in progress", "Paid"] },
} as const;
const ledger = checkSchema({
  app: "ledger",
  title: "Ledger",
  tables: {
    entries: {
      ...{ title: "Entries", singular: "Entry", columns, name: "name", search: [], filters: [] },
      ...{ board: null, alert: null },
    },
  },
});

/** What a file became: its rows in order, or the sentence by which it was refused. */
const imported = async (csv: string): Promise<Record<string, unknown>[] | string> => {
  const site = siteOf(ledger);
  const answer = await site.sendText("api/db/entries/import", csv);
  if (answer.status !== 201) return ((await answer.json()) as { error: { message: string } }).error.message;
  const rows = (await site.json("GET", "api/db/entries?sort=created_at&order=asc&limit=500")).body.data;
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
};

test.each<[kind: string, csv: string, rows: object[]]>([
  [
    "NULL where there is nothing",
    "name,phone,pieces\nAda,NULL,\\N\nBob,n/a,#N/A\n",
    [{ name: "Ada" }, { name: "Bob" }],
  ],
  ["headings in camel case", "Name,unitPrice\nA,2.5\n", [{ unit_price: 2.5 }]],
  ["headings with dots and colons", "NAME:;Unit-Price\nA;2,5\n", [{ name: "A", unit_price: 2.5 }]],
  ["empty cells at the end", "name,pieces\nA,1,,\nB,2,\n", [{ pieces: 1 }, { pieces: 2 }]],
  ["padded cells", "name ; unit price\nA ;  12,50  \n", [{ name: "A", unit_price: 12.5 }]],
  ["CR CR LF", "name,pieces\r\r\nA,1\r\r\nB,2\r\r\n", [{ pieces: 1 }, { pieces: 2 }]],
  ["CR", "name,pieces\rA,1\r", [{ name: "A", pieces: 1 }]],
  ["tabs", "name\tday\nA\t2026-03-01\n", [{ day: "2026-03-01" }]],
  ["bars", "name|pieces\nA|3\n", [{ pieces: 3 }]],
  [
    "a bank's amounts",
    'Day;Unit price\n31.12.2025;-17,22\n1.3.26;"1.234,56"\n',
    [
      { day: "2025-12-31", unit_price: -17.22 },
      { day: "2026-03-01", unit_price: 1234.56 },
    ],
  ],
  [
    "a decimal comma in quotes",
    'name,unit price\nA,"-8,78"\nB,"1,5"\n',
    [{ unit_price: -8.78 }, { unit_price: 1.5 }],
  ],
  [
    "thousands with commas",
    'name,unit price\nA,"1,234.56"\nB,"12,345,678"\n',
    [{ unit_price: 1234.56 }, { unit_price: 12_345_678 }],
  ],
  [
    "currencies",
    'name,unit price\nA,"€ 12,50"\nB,"3,00 EUR"\nC,"-1.000,00 €"\n',
    [{ unit_price: 12.5 }, { unit_price: 3 }, { unit_price: -1000 }],
  ],
  [
    "dollars and brackets",
    "name,unit price\nA,$12.50\nB,($3.25)\nC,7.00-\n",
    [{ unit_price: 12.5 }, { unit_price: -3.25 }, { unit_price: -7 }],
  ],
  [
    "thousands with blanks and apostrophes",
    "name;unit price;pieces\nA;1 234,5;1'000\n",
    [{ unit_price: 1234.5, pieces: 1000 }],
  ],
  ["whole thousands", "name;pieces\nA;1.234\nB;12\n", [{ pieces: 1234 }, { pieces: 12 }]],
  ["percent", "name,unit price\nA,12.5%\n", [{ unit_price: 12.5 }]],
  ["American dates", "name,day\nA,12/31/2025\nB,1/2/2026\n", [{ day: "2025-12-31" }, { day: "2026-01-02" }]],
  ["European dates", "name,day\nA,31/12/2025\nB,1/2/2026\n", [{ day: "2025-12-31" }, { day: "2026-02-01" }]],
  [
    "one column of dates that tells for another",
    "day,at\n1/2/2026,12/31/2025 3:04 PM\n",
    [{ day: "2026-01-02", at: "2025-12-31T15:04:00" }],
  ],
  [
    "dates with a midnight",
    "name,day\nA,2025-12-31 00:00:00\nB,20260102\n",
    [{ day: "2025-12-31" }, { day: "2026-01-02" }],
  ],
  ["times without a time", "name,at\nA,2025-12-31\n", [{ at: "2025-12-31T00:00:00" }]],
  [
    "choices in another case",
    "name,status\nA,paid\nB,IN PROGRESS\n",
    [{ status: "Paid" }, { status: "in progress" }],
  ],
  [
    "yes and no in other languages",
    "name,paid\nA,ja\nB,Nein\nC,x\n",
    [{ paid: true }, { paid: false }, { paid: true }],
  ],
  ["ids of another program", "id,name\n7,A\n8,B\n", [{ name: "A" }, { name: "B" }]],
  [
    "lines above the headings",
    "Account;12\n\nname;pieces;day\nA;1;1.2.2026\n",
    [{ pieces: 1, day: "2026-02-01" }],
  ],
  ["one column with commas inside", "unit price\n1,5\n2,5\n", [{ unit_price: 1.5 }, { unit_price: 2.5 }]],
  [
    "months by their names",
    "name,day\nA,31-Dec-25\nB,1 janvier 2026\n",
    [{ day: "2025-12-31" }, { day: "2026-01-01" }],
  ],
  ["two headings that are both left out", "skip,name,skip\n1,A,2\n", [{ name: "A" }]],
])("a file with %s goes in as it is meant", async (_, csv, rows) => {
  expect(await imported(csv)).toMatchObject(rows);
});

test.each([
  ["name,day\nA,1/2/2026\n", "no date of this file tells whether the day or the month comes first"],
  [
    "name,day\nA,13/2/2026\nB,2/13/2026\n",
    "Row 3: “Day” must be a date that there is, and there is no 2026-13-02.",
  ],
  ["name;unit price\nA;1.234\n", "none of them tells whether that parts thousands"],
  ['name,unit price\nA,"1,50"\nB,1.50\n', ""],
  ["name,day\nA,31.02.2026\n", "must be a date that there is, and there is no 2026-02-31."],
  ["name,unit price\nA,abc\n", "must be a number, such as 1250.5. It says “abc”."],
  ["name,pieces\nA,1,2\n", "The row has 3 cells"],
  ["name,unit price\nA,1.50 USD\nB,1.50 EUR\n", "must be a number"],
])(
  "the file %j is refused, or read as it stands, where it does not tell what it means",
  async (csv, words) => {
    const found = await imported(csv);
    if (words === "") expect(found).toMatchObject([{ unit_price: 1.5 }, { unit_price: 1.5 }]);
    else expect(found).toContain(words);
  },
);

const written = {
  point: (whole: string, cents: string) => `${whole}.${cents}`,
  comma: (whole: string, cents: string) => `${whole},${cents}`,
  english: (whole: string, cents: string) => `${whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ",")}.${cents}`,
  german: (whole: string, cents: string) => `${whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ".")},${cents}`,
  swiss: (whole: string, cents: string) => `CHF ${whole.replaceAll(/\B(?=(?:\d{3})+$)/g, "’")}.${cents}`,
  french: (whole: string, cents: string) => `${whole.replaceAll(/\B(?=(?:\d{3})+$)/g, "\u202f")},${cents} €`,
};

test("whatever amounts of money a column holds, they come out the same in every way of writing them", async () => {
  const site = siteOf(ledger);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 99_999_999_99 }), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(...Object.values(written)),
      async (amounts, write) => {
        site.db.exec("DELETE FROM entries");
        const lines = amounts.map((cents) => {
          const text = String(cents).padStart(3, "0");
          return `"${write(text.slice(0, -2), text.slice(-2))}"`;
        });
        const answer = await site.sendText("api/db/entries/import", ["Unit price", ...lines].join("\n"));
        expect(answer.status, await answer.text()).toBe(201);
        const found = site.db.prepare("SELECT unit_price FROM entries ORDER BY rowid").pluck().all();
        expect(found).toEqual(amounts.map((cents) => cents / 100));
      },
    ),
    { numRuns: 60 },
  );
});

test("a quote that opens nothing is read over by Milepost as it is bundled too, where each way to parse is a package of its own", async () => {
  const bundled = createRequire(import.meta.url);
  const stray = 'a;b\nx "C";1\n';
  const ofText = attempt(() => bundled("csv-parse/sync").parse(stray, { delimiter: ";" }));
  const ofStream = await pipeline(
    Readable.from([stray]),
    bundled("csv-parse").parse({ delimiter: ";" }),
  ).catch((error: unknown) => error);
  expect([ofText, ofStream].map(String)).toEqual(
    Array(2).fill(expect.stringContaining("Invalid Opening Quote")),
  );
  expect([quotingAfter(0, ofText), quotingAfter(1, ofStream)]).toEqual([1, 2]);
});

const attempt = (does: () => unknown): unknown => {
  try {
    return does();
  } catch (error) {
    return error;
  }
};
