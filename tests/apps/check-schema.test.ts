import { describe, expect, it } from "vitest";
import { checkSchema } from "#apps/runtime/check-schema.ts";
import { createIndexes, createTables, quote } from "#apps/runtime/database.ts";
import { readListQuery } from "#apps/runtime/list-query.ts";
import { columnsSql, whereSql } from "#apps/runtime/select.ts";
import { newDatabase } from "./new-database.ts";
import { repairShop } from "./samples.ts";

/** The shop with one thing changed; `path` is where, with dots. */
const shopWith = (path: string, value: unknown): unknown => {
  const shop: Record<string, unknown> = structuredClone(repairShop);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let at = shop;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  at[last] = value;
  return shop;
};
const text = { type: "text", label: "Text" };

describe("a schema", () => {
  it.each([
    ["tables", {}, "needs at least one table"],
    ["app", "../x", "The plan is not complete at app"],
    ["tables.api", repairShop.tables.customers, "A table cannot be called “api”"],
    ["tables.assets", repairShop.tables.customers, "A table cannot be called “assets”"],
    ["tables.sqlite_stat1", repairShop.tables.customers, "A table cannot be called “sqlite_stat1”"],
    ["tables.x; DROP TABLE", repairShop.tables.customers, "The plan is not complete at tables"],
    ["tables.customers.columns", {}, "“Customers” needs at least one column"],
    ["tables.customers.columns.id", text, "cannot be called “id”"],
    ["tables.customers.columns.updated_at", text, "cannot be called “updated_at”"],
    ["tables.customers.columns.limit", text, "cannot be called “limit”"],
    ["tables.customers.columns.rowid", text, "cannot be called “rowid”"],
    ["tables.customers.columns.price_gt", text, "cannot end like a comparison"],
    ["tables.customers.columns.Name", text, "The plan is not complete"],
    ["tables.customers.columns.x", { type: "json", label: "X" }, "The plan is not complete"],
    [
      "tables.customers.columns.x",
      { type: "integer", label: "X", options: ["1"] },
      "has options, but is not a text",
    ],
    ["tables.customers.columns.x", { ...text, options: ["a", "a"] }, "has the same option twice"],
    ["tables.customers.columns.x", { ...text, options: ["a"], initial: "b" }, "begins as “b”"],
    ["tables.customers.columns.x", { ...text, to: "products" }, "is not a reference"],
    ["tables.customers.columns.x", { type: "reference", label: "X" }, "does not say which table"],
    [
      "tables.customers.columns.x",
      { type: "reference", label: "X", to: "constructor" },
      "“constructor” that is not there",
    ],
    [
      "tables.customers.columns.x",
      { type: "reference", label: "X", to: "sales", initial: "1" },
      "cannot begin with a value",
    ],
    ["tables.customers.name", "nick", "names a column “nick”"],
    ["tables.customers.search", ["nick"], "names a column “nick”"],
    ["tables.products.search", ["price"], "it holds no text"],
    ["tables.customers.filters", ["name"], "no options to choose from"],
    ["tables.customers.filters", ["constructor"], "names a column “constructor”"],
    ["tables.customers.board", "name", "needs options for “name”"],
    ["tables.customers.board", "nick", "names a column “nick”"],
    ["tables.products.alert", { column: "name", limit: "stock" }, "compares numbers, but “name” is none"],
    ["tables.products.alert", { column: "stock", limit: "least" }, "names a column “least”"],
  ])("with %s = %j is refused with a sentence", (path, value, words) => {
    expect(() => checkSchema(shopWith(path, value))).toThrow(words);
  });

  it("is taken when tables refer to themselves and to each other", () => {
    const schema = checkSchema(
      shopWith("tables.customers.columns.brought_by", {
        type: "reference",
        label: "Brought by",
        to: "customers",
      }),
    );
    const db = newDatabase();
    createTables(db, schema);
    createTables(db, schema);
    createIndexes(db, schema);
    createIndexes(db, schema);
    db.exec(
      "INSERT INTO customers (id, name, brought_by, created_at, updated_at) VALUES ('a', 'Ada', 'a', '', '')",
    );
    expect(() => db.exec("UPDATE customers SET brought_by = 'b'")).toThrow(/foreign key/i);
    db.exec("DELETE FROM customers");
  });
});

it("lets nothing but identifiers become SQL names", () => {
  for (const name of ['a"b', "a b", "", "1a", "A", "a;", "ä", "a".repeat(49), "__proto__"])
    expect(() => quote(name)).toThrow();
  expect(quote("order")).toBe('"order"');
});

it("answers each filter and the newest rows from an index", () => {
  const db = newDatabase();
  createTables(db, repairShop);
  createIndexes(db, repairShop);
  for (const [name, table] of Object.entries(repairShop.tables))
    for (const filter of [...table.filters, "created_at"]) {
      const value =
        table.columns[filter]?.type === "boolean" ? "yes" : (table.columns[filter]?.options?.[0] ?? "x");
      const where = whereSql(
        repairShop,
        table,
        readListQuery(table, new URLSearchParams({ [filter]: value })),
      );
      const sql = `SELECT ${columnsSql(repairShop, table)} FROM ${quote(name)} t ${where.text}`;
      const way = db.dialect.wayTo(db, sql, where.values);
      expect(way).toContain(`${name}.${filter}`);
      if (db.dialect.word === "sqlite") expect(way, `${name}.${filter}`).toMatch(/^SEARCH t USING INDEX/);
    }
});
