import { expect, test } from "vitest";
import { planFromRows, rowsFor } from "#apps/plan/from-csv.ts";
import { siteOf } from "../site.ts";

/** The columns that rows become: `name: type`, with what is particular to them. */
const columnsOf = (rows: string, title = "Things") => {
  const [table] = Object.values(planFromRows(rows, title).schema.tables);
  return Object.fromEntries(
    Object.entries(table?.columns ?? {}).map(([id, { type, options, unique }]) => [
      id,
      [type, ...(options === undefined ? [] : [options.join("|")]), ...(unique ? ["unique"] : [])].join(" "),
    ]),
  );
};

test.each<[kind: string, rows: string, columns: Record<string, string>]>([
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
  ["a wrong row of words only", "Name,City\nAda,Paris,x\nBob,Rome,y\n", { name: "text", city: "text" }],
])("%s become columns of the types that the rows tell", (_, rows, columns) => {
  expect(columnsOf(rows)).toEqual(columns);
});

/** The rows as an app of them holds them. */
const keptOf = async (rows: string) => {
  const { schema } = planFromRows(rows, "Things");
  const site = siteOf(schema);
  const [name = ""] = Object.keys(schema.tables);
  const answer = await site.sendText(`api/db/${name}/import`, rowsFor(rows));
  if (answer.status !== 201) return ((await answer.json()) as { error: { message: string } }).error.message;
  return (await site.json("GET", `api/db/${name}?sort=created_at&order=asc`)).body.data;
};

test.each<[kind: string, rows: string, kept: object[]]>([
  [
    "ids of another program",
    "id,Name\n12345678901234567890,A\n",
    [{ id_value: "12345678901234567890", name: "A" }],
  ],
  ["headings of another alphabet", "名称,数量\n螺栓,10\n", [{ column_1: "螺栓", column_2: 10 }]],
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
  expect(await keptOf(rows)).toMatchObject(kept);
});

test("headings of another alphabet, and what stands above the headings, are told as they are", () => {
  const { schema, understood } = planFromRows("Account 12\n\n名称,数量\n螺栓,10\n", "Things");
  const [table] = Object.values(schema.tables);
  expect(Object.values(table?.columns ?? {}).map(({ label }) => label)).toEqual(["名称", "数量"]);
  expect(understood).toContain("“Account 12” stands above the headings and is left out.");
});

test("a row that is longer than the headings is refused and not cut", async () => {
  expect(await keptOf("A,B\n1,2,3\n1,2\n")).toContain(
    "Row 2: The row has 3 cells, but there are 2 headings.",
  );
});

test("each column says by what its type was told, and the rows name themselves by their names", () => {
  const { schema, understood } = planFromRows(
    "Id,Full name,Age\n1,Ada Lovelace,36\n2,Alan Turing,41\n",
    "People",
  );
  expect(understood).toContain("“Age” holds whole numbers, such as 36.");
  expect(schema).toMatchObject({ app: "people", tables: { people: { title: "People", name: "full_name" } } });
});

test.each(["", "Name,Age\n", '"open'])("%j is no table, and the sentence names the field", (rows) => {
  expect(() => planFromRows(rows, "People")).toThrow(
    expect.objectContaining({ code: "bad-input", field: "rows" }),
  );
});
