import { expect, test } from "vitest";
import { checkSchema, SchemaError } from "#apps/runtime/check-schema.ts";
import type { AppSchema, Column, Table } from "#apps/runtime/schema.ts";
import { siteOf } from "./site.ts";

const column = (type: Column["type"], more: Partial<Column> = {}): Column => ({
  ...{ type, label: "x", required: false, unique: false },
  ...more,
});
const table = (title: string, columns: Record<string, Column>, more: Partial<Table> = {}): Table => ({
  ...{ title, singular: title.replace(/s$/, ""), name: Object.keys(columns)[0] ?? "" },
  ...{ search: [], filters: [], board: null, alert: null },
  columns: Object.fromEntries(
    Object.entries(columns).map(([id, one]) => [id, { ...one, label: one.label === "x" ? id : one.label }]),
  ),
  ...more,
});

const shop = (more: Partial<Record<"products" | "sales" | "rentals", Partial<Table>>> = {}): AppSchema =>
  checkSchema({
    app: "shop",
    title: "Shop",
    tables: {
      products: table(
        "Products",
        {
          name: column("text", { required: true }),
          price: column("decimal"),
          opening: column("integer", { initial: "0" }),
          sold: column("integer", { computed: "sum(sales.quantity)" }),
          stock: column("integer", { computed: "opening - sold" }),
          least: column("integer", { initial: "2" }),
          revenue: column("decimal", { computed: "sum(sales.total)" }),
        },
        {
          rules: [{ rule: "stock >= 0", says: "There is not enough in stock." }],
          alert: { column: "stock", limit: "least" },
          ...more.products,
        },
      ),
      sales: table(
        "Sales",
        {
          product_id: column("reference", { to: "products", required: true }),
          quantity: column("integer", { required: true }),
          total: column("decimal", { computed: "quantity * product.price" }),
          is_large: column("boolean", { computed: "quantity > 4" }),
        },
        { filters: ["is_large"], ...more.sales },
      ),
      rentals: table(
        "Rentals",
        {
          product_id: column("reference", { to: "products" }),
          from_on: column("date"),
          until_on: column("date"),
          status: column("text", { options: ["out", "back", "lost"], initial: "out" }),
        },
        {
          rules: [
            {
              rule: "no overlap per product from from_on until until_on when status = 'out'",
              says: "It is lent already.",
            },
            { rule: "unique product_id, from_on" },
            { rule: "until_on >= from_on", says: "It ends before it begins." },
            { rule: "status moves out > back, out > lost > back" },
          ],
          ...more.rentals,
        },
      ),
    },
  });

const opened = async (schema = shop()) => {
  const site = siteOf(schema);
  const product = await site.add("products", { name: "Bolt", price: 0.1, opening: 5 });
  const read = async (path: string) => (await site.json("GET", `api/db/${path}`)).body.data;
  return { site, product, read };
};

test("what is computed follows from the rows, and is sorted, filtered, found and exported like the rest", async () => {
  const { site, product, read } = await opened();
  await site.add("products", { name: "Nut", price: 2, opening: 1 });
  await site.add("sales", { product_id: product, quantity: 3 });
  expect(await read(`products/${product}`)).toMatchObject({ sold: 3, stock: 2, revenue: 0.3 });
  expect((await read("products?sort=stock")).map(({ name }) => name)).toEqual(["Bolt", "Nut"]);
  expect((await read("products?stock_gte=2")).map(({ name }) => name)).toEqual(["Bolt"]);
  expect(await read("sales?is_large=no")).toMatchObject([{ total: 0.3, is_large: false }]);
  const list = await (await site.get("products")).text();
  expect(list).toContain(">0.30<");
  expect(await (await site.get("products/export.csv")).text()).toContain("Bolt,0.10,5,3,2,2,0.30");
  expect(await (await site.get("")).text()).toContain("low");
  expect(await (await site.get("products/new")).text()).not.toContain('name="stock"');
  expect(site.errors).toEqual([]);
});

test("a formula that comes to more than any whole number is shown as large as it is", async () => {
  const { site, product, read } = await opened(
    shop({
      products: {
        columns: {
          ...shop().tables.products?.columns,
          much: column("decimal", { label: "much", computed: "opening * opening * 10" }),
        },
      },
    }),
  );
  const most = 9_000_000_000_000_000;
  expect((await site.json("PUT", `api/db/products/${product}`, { opening: most })).status).toBe(200);
  const { much } = await read(`products/${product}`);
  expect(Number(much) / (most * most * 10)).toBeCloseTo(1, 12);
  expect((await site.get("products")).status).toBe(200);
  expect(site.errors).toEqual([]);
});

test("what is computed cannot be entered, but a row can be sent back as it was read", async () => {
  const { site, product, read } = await opened();
  const row = await read(`products/${product}`);
  expect((await site.json("PUT", `api/db/products/${product}`, { ...row, name: "Screw" })).status).toBe(200);
  const { status, body } = await site.json("PUT", `api/db/products/${product}`, { stock: 9 });
  expect([status, body.error.message]).toEqual([400, "“stock” is computed and cannot be entered."]);
});

test("a rule holds whoever would break it: a new row, a changed one, a deleted one, a list, a file, a form", async () => {
  const { site, product, read } = await opened();
  const sale = await site.add("sales", { product_id: product, quantity: 5 });
  const refused = expect.stringContaining("There is not enough in stock. (Product: Bolt)");
  const one = await site.json("POST", "api/db/sales", { product_id: product, quantity: 1 });
  expect([one.status, one.body.error.message]).toEqual([400, refused]);
  expect((await site.json("PUT", `api/db/sales/${sale}`, { quantity: 6 })).body.error.message).toEqual(
    refused,
  );
  const list = [{ product_id: product, quantity: 1 }];
  expect((await site.json("POST", "api/db/sales", list)).body.error.message).toEqual(refused);
  const file = await site.sendText("api/db/sales/import", "product_id,quantity\nBolt,1\n");
  expect(await file.text()).toContain("There is not enough in stock.");
  const form = await site.post("sales", { product_id: product, quantity: "1" });
  expect([form.status, await form.text()]).toEqual([422, refused]);
  expect((await site.json("PUT", `api/db/products/${product}`, { opening: 4 })).body.error.message).toBe(
    "There is not enough in stock.",
  );
  expect(await read(`products/${product}`)).toMatchObject({ opening: 5, sold: 5 });
  expect((await read("sales")).length).toBe(1);
  expect((await site.json("DELETE", `api/db/sales/${sale}`)).status).toBe(200);
  expect(site.errors).toEqual([]);
});

test("a row that broke a rule before it was made may be put right step by step", async () => {
  const { site, product } = await opened();
  site.db.exec(`UPDATE products SET opening = -5`);
  expect((await site.json("PUT", `api/db/products/${product}`, { opening: -2 })).status).toBe(200);
});

test("spans of time of the same thing never cross, those that do not count aside", async () => {
  const { site, product } = await opened();
  const lend = async (from_on: string, until_on: string | null, status = "out") =>
    (await site.json("POST", "api/db/rentals", { product_id: product, from_on, until_on, status })).body.error
      ?.message ?? "ok";
  expect(await lend("2026-03-01", "2026-03-05")).toBe("ok");
  expect(await lend("2026-03-05", "2026-03-07")).toBe("ok");
  expect(await lend("2026-03-04", "2026-03-06")).toBe("It is lent already.");
  expect(await lend("2026-03-04", null)).toBe("It is lent already.");
  expect(await lend("2026-03-04", "2026-03-06", "back")).toBe("ok");
  expect(await lend("2026-03-04", "2026-03-09", "back")).toContain("unique product_id, from_on");
  expect(await lend("2026-05-04", "2026-05-01")).toBe("It ends before it begins.");
});

test("a status moves only where it may", async () => {
  const { site } = await opened();
  const id = await site.add("rentals", { from_on: "2026-01-01" });
  const move = async (status: string) =>
    (await site.json("PATCH", `api/db/rentals/${id}`, { status })).status;
  expect([await move("lost"), await move("out"), await move("back"), await move("lost")]).toEqual([
    200, 400, 200, 400,
  ]);
});

test("columns that name each other a hundred times are refused before they are millions", () => {
  const { sales, ...rest } = shop().tables;
  if (sales === undefined) throw new Error("the shop has sales");
  const names = ["quantity", "c1", "c2", "c3", "c4", "c5", "c6"];
  const more = names.slice(1).map((name, at) => {
    const computed = Array(100)
      .fill(names[at])
      .join("+")
      .slice(0, 500)
      .replace(/\W?\w*$/, "");
    return [name, column("decimal", { computed })];
  });
  const columns = { ...sales.columns, ...Object.fromEntries(more) };
  const began = process.memoryUsage().heapUsed;
  expect(() => checkSchema({ ...shop(), tables: { ...rest, sales: { ...sales, columns } } })).toThrow(
    "is computed from too many other columns",
  );
  expect(process.memoryUsage().heapUsed - began).toBeLessThan(200 * 1024 * 1024);
});

test.each([
  ["quantity * prise", "has no column “prise”"],
  ["quantity *", "its end is missing"],
  ["quantity 5", "one word too many"],
  ["(quantity", "“)” is missing at its end"],
  ["sum(bills.total)", "no table “bills”"],
  ["sum(products.price)", "“Products” does not point to “Sales”"],
  ["quantity.price", "points to no other table"],
  ["exec('rm')", "no function “exec”"],
  ["quantity; DROP", "“; DROP” cannot be read"],
  ["total + 1", "depends on itself"],
  ["product.revenue", "depends on itself"],
  ["round(1, 2, 3)", "takes 1 or 2 values"],
])("the formula “%s” is refused with a sentence", (computed, sentence) => {
  const { sales, ...rest } = shop().tables;
  if (sales === undefined) throw new Error("the shop has sales");
  const columns = { ...sales.columns, total: column("decimal", { computed }) };
  const changed = { ...shop(), tables: { ...rest, sales: { ...sales, columns } } };
  expect(() => checkSchema(changed)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(sentence) }),
  );
  expect(() => checkSchema(changed)).toThrow(SchemaError);
});

test.each([
  ["1 + 2 * 3 - 4 / 2", 5],
  ["-(1 + 2) * 2", -6],
  ["7 / 2", 3.5],
  ["1 / 0", null],
  ["if(2 > 1 and not 1 > 2, 10, 20)", 10],
  ["or_else(none, 3)", 3],
  ["days('2026-02-27', '2026-03-01')", 2],
  ["later('2026-02-27', 2) = '2026-03-01'", 1],
  ["'it''s' & ' ' & 'so' = 'it''s so'", 1],
  ["count(sales, quantity > 1) + max(sales.quantity) + min(sales.quantity) + avg(sales.quantity)", 7],
  ["if(none > 1, 1, 2)", 2],
])("“%s” is %s", async (computed, value) => {
  const { products, ...rest } = shop().tables;
  if (products === undefined) throw new Error("the shop has products");
  const columns = { ...products.columns, result: column("decimal", { computed, label: "Result" }) };
  const site = siteOf(checkSchema({ ...shop(), tables: { products: { ...products, columns }, ...rest } }));
  const product = await site.add("products", { name: "Bolt", opening: 10 });
  await site.add("sales", { product_id: product, quantity: 1 });
  await site.add("sales", { product_id: product, quantity: 3 });
  expect((await site.json("GET", `api/db/products/${product}`)).body.data.result).toBe(value);
});
