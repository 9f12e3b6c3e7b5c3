import { expect, test } from "vitest";
import { planFromRows } from "#apps/plan/from-csv.ts";

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
])("%s become columns of the types that the rows tell", (_, rows, columns) => {
  expect(columnsOf(rows)).toEqual(columns);
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
