import { expect, test } from "vitest";
import { inferType } from "#apps/plan/infer-column.ts";
import { columnNameOf, labelOf, nameOf, slugOf, tableNameOf } from "#apps/plan/names.ts";
import { plural, singular } from "#apps/plan/plural.ts";

test.each(
  "company companies|person people|box boxes|class classes|status statuses|lease leases|warehouse warehouses|movie movies|shelf shelves|bus buses|address addresses|hero heroes|analysis analyses|day days|purchase order#purchase orders|purchase purchases|attendance attendance|nurse nurses|dish dishes|quiz quizzes|photo photos|horse horses|menu menus|e-bike e-bikes"
    .split("|")
    .map((pair) => pair.split(pair.includes("#") ? "#" : " ")),
)("one %s, many %s", (one, many) => {
  expect(plural(one ?? "")).toBe(many);
  expect(singular(many ?? "")).toBe(one);
  expect(plural(many ?? "")).toBe(many);
});

test.each([
  ["name", "text"],
  ["email", "email"],
  ["phone", "phone"],
  ["unit_price", "decimal"],
  ["total", "decimal"],
  ["quantity", "integer"],
  ["min_stock", "integer"],
  ["start_date", "date"],
  ["received_at", "timestamp"],
  ["is_active", "boolean"],
  ["has_paid", "boolean"],
  ["notes", "longtext"],
  ["website", "url"],
  ["invoice_number", "text"],
] as const)("a column called %s holds %s", (name, type) => {
  expect(inferType(name)).toBe(type);
});

test.each([
  ["Unit price (€)", "unit_price"],
  ["  Café — Größe ", "cafe_grosse"],
  ['"; DROP TABLE x', "drop_table_x"],
  ["1st", "st"],
  ["数", "shu"],
  ["объём, м²", "obem_m2"],
  ["が", "ga"],
  ["Ƅ", "word"],
  ["№ (%)", "no"],
  ["(%)", null],
  ["__proto__", "proto"],
])("%j is written as %j", (text, name) => {
  expect(nameOf(text)).toBe(name);
});

test("names that an app uses itself are given another end", () => {
  expect(tableNameOf("api")).toBe("the_api");
  expect(tableNameOf("sqlite_master")).toBe("the_sqlite_master");
  expect(columnNameOf("id")).toBe("id_value");
  expect(columnNameOf("price gt")).toBe("price_gt_value");
  expect(columnNameOf(`${"a".repeat(60)}`)).toHaveLength(48);
});

test("titles become addresses, names become labels", () => {
  expect(slugOf("Mara’s Bike Shop CRM")).toBe("maras-bike-shop-crm");
  expect(slugOf("数")).toBe("shu");
  expect(slugOf("顧客 and 注文")).toBe("guke-and-zhuwen");
  expect(slugOf("2026")).toBe("app");
  expect(labelOf("customer_id")).toBe("Customer");
  expect(labelOf("unit_price")).toBe("Unit price");
  expect(labelOf("sku")).toBe("SKU");
});
