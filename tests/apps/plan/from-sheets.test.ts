import { expect, test } from "vitest";
import { lookThrough } from "#apps/bulk/csv-file.ts";
import { addLines } from "#apps/bulk/put-lines.ts";
import { survey } from "#apps/bulk/survey.ts";
import { planFromSheets } from "#apps/plan/from-sheets.ts";
import { mapOf } from "#apps/plan/sheet.ts";
import { asFile } from "#apps/runtime/csv-cells.ts";
import { planFromPasted } from "#workflows/generate-app/sheets.ts";
import { siteOf } from "../site.ts";
import { sqliteOf } from "../sqlite-of.ts";

const quiet = () => undefined;

/** Files, each as its title and its text, as an app of them is planned. */
const planned = async (files: Record<string, string>) => {
  const sources = await Promise.all(
    Object.entries(files).map(async ([title, rows]) => {
      const source = { text: asFile(rows) };
      return { title, source, looked: await lookThrough(source, quiet) };
    }),
  );
  const sheets = await survey(sources);
  return { sources, sheets, ...planFromSheets(sheets, "Things") };
};

/** The columns that rows become: `name: type`, with what is particular to them. */
const columnsOf = async (rows: string) => {
  const { schema } = await planned({ Things: rows });
  const [table] = Object.values(schema.tables);
  return Object.fromEntries(
    Object.entries(table?.columns ?? {}).map(([id, { type, options, unique }]) => [
      id,
      [type, ...(options === undefined ? [] : [options.join("|")]), ...(unique ? ["unique"] : [])].join(" "),
    ]),
  );
};

test.each<[kind: string, rows: string, columns: Record<string, string>]>([
  [
    "codes and phone numbers of digits alone",
    "name,Telefon,PLZ,tax,Telefonkosten\nAda,4930123456,10115,7,1\nBob,NULL,20095,8,2\n",
    { name: "text", telefon: "phone", plz: "text", tax: "integer", telefonkosten: "integer" },
  ],
  [
    "a bank's list",
    "Buchungstag;Empfänger;Betrag;Währung\n31.12.2025;Stadtwerke;-17,22;EUR\n02.01.2026;Miete;-1.234,56;EUR\n03.01.2026;Lohn;2.000,00;EUR\n",
    { buchungstag: "date", empfanger: "text", betrag: "decimal", wahrung: "text" },
  ],
  [
    "a shop's products in camel case",
    "productID,productName,unitPrice,discontinued\n1,Chai,18.00,no\n2,Chang,19.5,yes\n",
    { product_id: "integer", product_name: "text", unit_price: "decimal", discontinued: "boolean" },
  ],
  [
    "customers",
    "Name\tE-Mail\tPhone\tWebsite\tZIP\nAda\ta@x.org\t+44 20 7946\thttps://x.org\t01234\nBob\tb@x.org\t020 1234\thttps://y.org\t11234\nEve\te@x.org\t030 555\thttps://z.org\t21234\n",
    { name: "text", e_mail: "email unique", phone: "phone", website: "url", zip: "text" },
  ],
  [
    "orders with states",
    "No,Ordered,Status\nA1,12/31/2025,paid\nA2,1/2/2026,open\nA3,1/3/2026,open\nA4,1/4/2026,paid\nA5,1/5/2026,paid\nA6,1/6/2026,open\n",
    { no: "text unique", ordered: "date", status: "text paid|open" },
  ],
  ["NULL in places", "name,born\nAda,1815-12-10\nBob,NULL\n", { name: "text", born: "date" }],
  [
    "headings that are empty, twice, or of no letters",
    ",skip,skip,???\n1,a,b,c\n",
    {
      ...{ column_1: "integer", skip: "text", skip_2: "text", column_4: "text" },
    },
  ],
  ["dates that do not tell which way they are meant", "day\n1/2/2026\n3/4/2026\n", { day: "text" }],
  [
    "long text and times",
    `note,at\n"${"word ".repeat(40)}",2026-01-02 03:04\n`,
    { note: "longtext", at: "timestamp" },
  ],
  [
    "lines of a bank above the headings",
    "Account:;DE12 3456\nFrom:;January\n\nDay;Amount;For\n01.01.2026;-12,50;Rent\n02.01.2026;3,00;Interest\n",
    { day: "date", amount: "decimal", for: "text" },
  ],
  [
    "Excel's line of what parts the cells",
    "sep=|\nName|Pieces\nA, B|1\n",
    { name: "text", pieces: "integer" },
  ],
  ["a table in Markdown", "| Name | Pieces |\n|---|--:|\n| A | 1 |\n", { name: "text", pieces: "integer" }],
  ["an empty last column", "Name;Pieces;\nA;1;\n", { name: "text", pieces: "integer" }],
  ["amounts in one currency", "Name,Price\nA,EUR 12.50\nB,€ 3.00\n", { name: "text", price: "money" }],
  ["amounts in two currencies", "Name,Price\nA,12.50 USD\nB,3.00 EUR\n", { name: "text", price: "text" }],
  ["numbers that do not tell what they part", "Name,N\nA,1.234\nB,2.345\n", { name: "text", n: "text" }],
  ["dashes where there is nothing", "Name,N\nA,-\nB,1\n", { name: "text", n: "integer" }],
  ["coordinates, which are no yes and no", "Axis,By\nx,1\ny,2\n", { axis: "text", by: "integer" }],
  ["eight digits that are all dates", "N,Day\n1,20251231\n2,20260101\n", { n: "integer", day: "date" }],
  [
    "months by their names",
    'A,B\n31. Dezember 2025,"Dec 31, 2025"\n1. Mai 2026,"May 1, 2026"\n',
    { a: "date", b: "date" },
  ],
  [
    "a zone at each time",
    "N,At\n1,2025-12-31T10:00:00Z\n2,2026-01-01T10:00+02:00\n",
    { n: "integer", at: "timestamp" },
  ],
  [
    "a zone at some times",
    "N,At\n1,2025-12-31T10:00:00Z\n2,2026-01-01T10:00\n",
    { n: "integer", at: "text" },
  ],
])("%s become columns of the types that the rows tell", async (_, rows, columns) => {
  expect(await columnsOf(rows)).toEqual(columns);
});

/** The rows as an app of them holds them, and what is wrong with those that it does not take. */
const keptOf = async (rows: string) => {
  const { sources, sheets, schema, tables } = await planned({ Things: rows });
  const { db, json } = siteOf(schema);
  const [table = ""] = tables;
  const into = { at: { file: sqliteOf(db).name }, schema, table, run: "1", by: "Ada" };
  for (const [at, { source, looked }] of sources.entries())
    await addLines(db, source, looked, into, { map: mapOf(sheets[at] ?? { columns: [] }), key: null }, quiet);
  const wrong = db.prepare("SELECT wrong FROM _import WHERE wrong IS NOT NULL").pluck().all();
  return { wrong, rows: (await json("GET", `api/db/${table}?sort=created_at&order=asc`)).body.data };
};

test.each<[kind: string, rows: string, kept: object[]]>([
  [
    "ids of another program",
    "id,Name\n12345678901234567890,A\n",
    [{ id_value: "12345678901234567890", name: "A" }],
  ],
  ["headings of another alphabet", "名称,数量\n螺栓,10\n", [{ mingcheng: "螺栓", shuliang: 10 }]],
  [
    "names that an app uses itself",
    "created_at,order\n2025-01-01,3\n",
    [{ created_at_value: "2025-01-01", order_value: 3 }],
  ],
  ["quotes as MySQL writes them", 'Name,Note\n"A","say \\"hi\\", twice"\n', [{ note: 'say "hi", twice' }]],
  ["inches", 'Name,Size\nPipe,5"\n', [{ size: '5"' }]],
  ["zones", "N,At\n1,2026-01-01T01:00+02:00\n", [{ at: "2025-12-31T23:00:00" }]],
  [
    "lines above the headings",
    "Account 12\n\nDay,For\n2026-01-01,Rent\n",
    [{ day: "2026-01-01", for: "Rent" }],
  ],
])("rows with %s are kept as they were meant", async (_, rows, kept) => {
  expect(await keptOf(rows)).toMatchObject({ wrong: [], rows: kept });
});

test("headings of another alphabet, and what stands above the headings, are told as they are", async () => {
  const { schema, understood } = await planned({ Things: "Account 12\n\n名称,数量\n螺栓,10\n" });
  const [table] = Object.values(schema.tables);
  expect(Object.values(table?.columns ?? {}).map(({ label }) => label)).toEqual(["名称", "数量"]);
  expect(understood).toContain("“Account 12” stands above the headings and is left out.");
});

test.each([
  ["A,B\n1,2,3\n1,2\n", "Row 2"],
  ["Name,City\nAda,Paris\nBob,Rome,y\n", "Row 3"],
])("a row that is longer than the headings is told before there is a plan: %j", async (rows, which) => {
  await expect(keptOf(rows)).rejects.toThrow(`${which} of “Things” has 3 cells, but there are 2 headings.`);
});

test("each column says by what its type was told, and the rows name themselves by their names", async () => {
  const { schema, evidence } = await planFromPasted(
    "Id,Full name,Age\n1,Ada Lovelace,36\n2,Alan Turing,41\n",
    "People",
  );
  expect(evidence[0]?.columns).toContainEqual(["Age", "holds whole numbers, such as 36"]);
  expect(schema).toMatchObject({ app: "people", tables: { people: { title: "People", name: "full_name" } } });
});

test.each(["", "Name,Age\n", '"open'])("%j is no table, and the sentence names the field", async (rows) => {
  await expect(planFromPasted(rows, "People")).rejects.toMatchObject({ code: "bad-input", field: "rows" });
});

const shop = {
  Customers: "id,Name,City\n1,Ada,Paris\n2,Bob,Rome\n3,Eve,Oslo\n",
  Products: "SKU;Title;Price\nA-1;Bolt;1,50\nB-2;Nut;0,75\n",
  "Order lines": "order_id,sku,Pieces\n100,A-1,10\n100,B-2,4\n101,A-1,7\n",
  Orders: "id,customer_id,Day\n100,2,2026-01-31\n101,1,2026-02-01\n",
};

test("what belongs together is told by what stands in several files, by whatever key, and each told with its reason", async () => {
  const { schema, evidence, warnings } = await planned(shop);
  expect(schema.tables).toMatchObject({
    customers: { name: "name", columns: { id_value: { type: "integer", unique: true } } },
    products: { name: "title", columns: { sku: { unique: true } } },
    orders: {
      name: "id_value",
      columns: { customer_id: { type: "reference", to: "customers", label: "Customer" } },
    },
    order_lines: {
      columns: {
        order_id: { type: "reference", to: "orders" },
        sku: { type: "reference", to: "products" },
        pieces: { type: "integer" },
      },
    },
  });
  expect(evidence.flatMap(({ columns }) => columns)).toContainEqual([
    "Customer",
    "names a row of “Customers” by its “id”, where all 2 of its cells are found",
  ]);
  expect(warnings).toEqual([]);
});

test.each([
  ["Kunden", "Nr", "Kunde"],
  ["Kunden", "Kundennr", "kundennr"],
  ["Bestellungen", "Nr", "Bestellung Nr"],
  ["commandes", "no", "CommandeNo"],
  ["clientes", "id", "clienteid"],
])("files of %j with a column %j are named by %j, in whatever language", async (title, key, heading) => {
  const { schema } = await planned({
    [title]: `${key},x\n1,a\n2,b\n3,c\n`,
    Lines: `${heading},n\n1,4\n3,5\n3,6\n`,
  });
  expect(Object.values(schema.tables.lines?.columns ?? {})[0]?.type).toBe("reference");
});

test.each<[string, Record<string, string>]>([
  [
    "numbers that are keys elsewhere by chance",
    { People: "id,Name\n1,A\n2,B\n3,C\n", Games: "Score,At\n1,x\n2,y\n3,z\n" },
  ],
  [
    "few words that are keys elsewhere by chance",
    { Colours: "Colour\nred\nblue\n", Cars: "Paint\nred\nblue\n" },
  ],
  ["two files with an id each", { A: "id,x\n1,p\n2,q\n", B: "id,y\n1,r\n2,s\n" }],
])("%s make nothing refer to anything", async (_, files) => {
  const { schema } = await planned(files);
  expect(JSON.stringify(schema)).not.toContain("reference");
});

test("a column that refers in most rows only stays as it is, and it is said why", async () => {
  const { schema, warnings } = await planned({
    Customers: `Name\n${"ABCDEFGHI".split("").join("\n")}\n`,
    Orders: `Customer,No\n${"ABCDEFGHX"
      .split("")
      .map((one, at) => `${one},${at}`)
      .join("\n")}\n`,
  });
  expect(schema.tables.orders?.columns.customer?.type).toBe("text");
  expect(warnings).toEqual([
    "“Customer” nearly refers to “Customers”, but 1 of 9 values are not there, such as “X”. It stays as it is; correct the file to have it refer.",
  ]);
});

test("one row is called by the words of the title as they were given, not by the address made of them", async () => {
  const called = async (title: string) =>
    Object.values((await planned({ [title]: "name;city\nAda;Bonn\n" })).schema.tables)[0]?.singular;
  expect(await called("Räume")).toBe("Räume");
  expect(await called("Büro & Co")).toBe("Büro & co");
  expect(await called("Order lines")).toBe("Order line");
});
