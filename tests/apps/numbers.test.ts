import { expect, test } from "vitest";
import { planFromDescription } from "#apps/plan/plan.ts";
import { languageIn } from "#apps/runtime/asker.ts";
import { spoken } from "#apps/runtime/spoken.ts";
import { fittedValue } from "#apps/runtime/value.ts";
import { planFromPasted } from "#workflows/generate-app/sheets.ts";
import { siteOf } from "./site.ts";

const shop = planFromDescription(
  "Orders (number: text needed unique, due on, total: money in EUR = sum(lines.amount)), lines (order needed, item needed, quantity: 3 decimals, unit price: money in EUR, vat: percent, yen: JPY, amount: EUR = quantity * unit_price * (1 + vat / 100)), places (name, latitude)",
).schema;

test("a description says money with its currency, percent and how fine a decimal is", () => {
  expect(shop.tables.lines?.columns).toMatchObject({
    quantity: { type: "decimal", digits: 3 },
    unit_price: { type: "money", currency: "EUR" },
    vat: { type: "percent" },
    yen: { type: "money", currency: "JPY" },
    amount: { type: "money", currency: "EUR" },
  });
  expect(shop.tables.places?.columns.latitude).toMatchObject({ type: "decimal", digits: 6 });
});

test.each([
  ["lines", { quantity: 0.125, unit_price: "1250,5", vat: "19 %", yen: 300 }, [0.125, 1250.5, 19, 300]],
  ["places", { name: "Berlin", latitude: "52.516667" }, [undefined, undefined, undefined, undefined]],
])("of %s numbers are kept as fine as their column says", async (table, row, kept) => {
  const site = siteOf(shop);
  const order = await site.add("orders", { number: "1" });
  const sent = table === "lines" ? { order_id: order, item: "Bolts", ...row } : row;
  const { status, body } = await site.json("POST", `api/db/${table}`, sent);
  expect([status, body.error]).toEqual([201, undefined]);
  const { quantity, unit_price, vat, yen } = body.data;
  expect([quantity, unit_price, vat, yen]).toEqual(kept);
});

test.each([
  [{ unit_price: 1.005 }, "at most 2 digits after the point"],
  [{ yen: 1.5 }, "no digits after the point"],
  [{ quantity: "0.1234" }, "at most 3 digits after the point"],
  [{ unit_price: "12345678901234.5" }, "at most 13 digits before the point"],
  [{ vat: "a fifth" }, "must be a number"],
])("%o is refused with the reason that it is", async (wrong, reason) => {
  const site = siteOf(shop);
  const order = await site.add("orders", { number: "1" });
  const { status, body } = await site.json("POST", "api/db/lines", {
    ...{ order_id: order, item: "Bolts" },
    ...wrong,
  });
  expect([status, body.error.message]).toEqual([400, expect.stringContaining(reason)]);
});

test("pages write numbers, money and dates as the browser's language does, and files and programs get them plain", async () => {
  const site = siteOf(shop);
  const order = await site.add("orders", { number: "1", due_on: "2026-03-01" });
  await site.add("lines", { order_id: order, item: "A", quantity: 1000, unit_price: 12.5, vat: 20 });
  const page = async (path: string, language: string) =>
    (await (await site.get(path, { "Accept-Language": language })).text()).replaceAll("\u00a0", " ");
  expect(await page("orders", "de-DE,en;q=0.5")).toMatch(
    /15\.000,00 EUR.*01\.03\.2026|01\.03\.2026.*15\.000,00 EUR/s,
  );
  expect(await page("orders", "en-US")).toMatch(/Mar 1, 2026.*15,000\.00 EUR/s);
  expect(await page("lines", "de")).toMatch(/1\.000,000.*12,50 EUR.*20,00 %/s);
  expect(await page("orders", "")).toMatch(/2026-03-01.*15000\.00 EUR/s);
  expect(await (await site.get("lines/export.csv", { "Accept-Language": "de" })).text()).toContain(
    "1000.000,12.50,20.00",
  );
  expect(await page(`orders/rows/${order}/edit`, "de")).toContain('value="2026-03-01"');
});

test("what is exported of every kind of number is read in again as it was", async () => {
  const [one, other] = [siteOf(shop), siteOf(shop)];
  const order = await one.add("orders", { number: "1" });
  await one.add("lines", {
    order_id: order,
    item: "A",
    quantity: 0.125,
    unit_price: 1234.5,
    vat: 7.5,
    yen: 3000,
  });
  for (const table of ["orders", "lines"]) {
    const csv = await (await one.get(`${table}/export.csv`)).text();
    expect(await (await other.sendText(`api/db/${table}/import`, csv)).json()).toMatchObject({ imported: 1 });
  }
  const rows = async (site: typeof one) =>
    (await site.json("GET", "api/db/lines")).body.data.map(
      ({ created_at: _, updated_at: __, ...row }) => row,
    );
  expect(await rows(other)).toEqual(await rows(one));
});

test("lists and the rows below another row end in what their numbers add up to, of all pages and as filtered", async () => {
  const site = siteOf(shop);
  const [first, second] = [
    await site.add("orders", { number: "1" }),
    await site.add("orders", { number: "2" }),
  ];
  for (let n = 0; n < 30; n++)
    await site.add("lines", {
      order_id: n < 28 ? first : second,
      item: `L${n}`,
      quantity: 2,
      unit_price: 1.5 * 100,
      vat: 0,
    });
  const text = async (path: string) => (await (await site.get(path)).text()).replaceAll("\u00a0", " ");
  const foot = async (path: string) => [...(await text(path)).matchAll(/<tfoot>.*?<\/tfoot>/gs)].join(" ");
  expect(await foot("lines")).toMatch(/60\.000.*9000\.00 EUR/s);
  expect(await foot(`lines?order_id=${second}`)).toMatch(/4\.000.*600\.00 EUR/s);
  expect(await foot(`orders/rows/${first}`)).toMatch(/56\.000.*8400\.00 EUR/s);
  expect(await foot("lines")).not.toContain("Unit price");
});

test("rows below another row show their own columns, each with a way to the row", async () => {
  const site = siteOf(shop);
  const order = await site.add("orders", { number: "PO-1" });
  const line = await site.add("lines", {
    order_id: order,
    item: "Bolts",
    quantity: 10,
    unit_price: 2.5,
    vat: 0,
  });
  const page = await (await site.get(`orders/rows/${order}`)).text();
  expect(page).toMatch(new RegExp(`href="/lines/rows/${line}">Bolts<`));
  expect(page).toMatch(/Quantity.*10\.000.*2\.50/s);
});

test.each([
  ["Price\n€ 12,50\n€ 3,00\n", { type: "money", currency: "EUR" }],
  ["Price\n12.50 USD\n1,003.00 USD\n", { type: "money", currency: "USD" }],
  ["Share\n12 %\n7.5 %\n", { type: "percent" }],
  ["Latitude\n52.5167\n-13.25\n", { type: "decimal", digits: 4 }],
  ["Price\n12.50\n3.00\n", { type: "decimal" }],
])("rows %j tell a column of %o", async (rows, kind) => {
  const { schema } = await planFromPasted(rows, "Things");
  const [column] = Object.values(schema.tables.things?.columns ?? {});
  expect({ digits: undefined, currency: undefined, ...column }).toMatchObject({
    ...{ digits: undefined, currency: undefined },
    ...kind,
  });
});

test("a value that another type or fewer digits cannot hold does not fit, and is never cut", () => {
  expect(fittedValue("decimal", 2, 1.2345)).toBeNull();
  expect(fittedValue("decimal", 4, "1.2345")).toBe(1.2345);
  expect(fittedValue("percent", 2, "12 %")).toBe(12);
});

test.each([
  ["de-CH,de;q=0.9", "de-CH"],
  ["xx-bogus!,fr;q=0.2", "fr"],
  ["*", null],
  [undefined, null],
  ["a".repeat(10_000), null],
])("the language of %j is %j", (header, language) => {
  expect(languageIn(header)).toBe(language);
});

test("without anybody who asks a value is written plainly", () => {
  expect(spoken({ type: "money", currency: "EUR", label: "", required: false, unique: false }, 1234.5)).toBe(
    "1234.50\u00a0EUR",
  );
});
