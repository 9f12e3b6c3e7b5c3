import { afterEach, beforeEach, expect, it } from "vitest";
import { type AppsHome, openApps } from "#apps/open-apps.ts";
import type { AppRegistry } from "#apps/registry.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { addCity, customer } from "./changes.ts";
import { newHome } from "./new-database.ts";
import { repairShop } from "./samples.ts";

let home: AppsHome;
let registry: AppRegistry;
beforeEach(async () => {
  home = await newHome();
  registry = await openApps(home, () => 1000);
});
afterEach(() => registry.close());

it("makes an app once for a run, and never touches an app that another run made", () => {
  customer(registry.create(repairShop, "run-1").db, "a");
  expect(
    registry.create(repairShop, "run-1").db.prepare("SELECT count(*) FROM customers").pluck().get(),
  ).toBe(1);
  expect(() => registry.create(repairShop, "run-2")).toThrow("There is an app “repair-shop” already");
  expect(registry.remove("repair-shop", "run-2")).toBe(false);
  expect(registry.titles()).toHaveLength(1);
  expect(registry.remove("repair-shop", "run-1")).toBe(true);
  expect(registry.titles()).toEqual([]);
});

it("brings an app back with its rows after it was removed, and never over another one", () => {
  const rows = () => registry.open("repair-shop").db.prepare("SELECT id FROM customers").pluck().all();
  customer(registry.create(repairShop, "run-1").db, "a");
  registry.remove("repair-shop");
  customer(registry.create(repairShop, "run-2").db, "b");
  registry.remove("repair-shop");
  expect(registry.find("repair-shop")).toBeNull();
  expect(registry.removed()).toMatchObject([
    { slug: "repair-shop", title: "Repair shop", removedAt: 1001 },
    { slug: "repair-shop", removedAt: 1000 },
  ]);
  expect(registry.bringBack("repair-shop").schema).toEqual(repairShop);
  expect(rows()).toEqual(["b"]);
  expect(() => registry.bringBack("repair-shop")).toThrow("There is another app at /apps/repair-shop/ now");
  registry.open("repair-shop").db.exec("DELETE FROM customers");
  registry.remove("repair-shop");
  // One without rows is worth nothing.
  expect(registry.removed()).toHaveLength(1);
  registry.bringBack("repair-shop");
  expect(rows()).toEqual(["a"]);
  expect(() => registry.bringBack("repair-shop")).toThrow("No app “repair-shop” is kept");
  for (const odd of ["", "..", "../repair-shop", "Ä b"])
    expect(() => registry.bringBack(odd)).toThrow(expect.objectContaining({ code: "not-found" }));
  expect(() => registry.bringBack("../repair-shop")).toThrow();
});

it("makes an app although an earlier try was killed half-way", () => {
  const broken = { ...repairShop, tables: { "no table": repairShop.tables.customers } };
  expect(() => registry.create(broken as unknown as AppSchema, "run-1")).toThrow();
  expect(registry.titles()).toEqual([]);
  expect(registry.create(repairShop, "run-1").slug).toBe("repair-shop");
});

it("serves what another process migrated, replaced or removed since", async () => {
  registry.create(repairShop, "run-1");
  const other = await openApps(home, () => 2000);
  other.migrate("repair-shop", addCity);
  expect(registry.open("repair-shop").schema.tables.customers?.columns).toHaveProperty("city");
  other.remove("repair-shop");
  expect(registry.find("repair-shop")).toBeNull();
  other.create(repairShop, "run-2");
  expect(registry.open("repair-shop").madeBy).toBe("run-2");
  other.close();
});

it("loses nothing of an app that another process put in the place of the one it held", async () => {
  customer(registry.create(repairShop, "run-1").db, "old");
  const other = await openApps(home, () => 2000);
  other.remove("repair-shop");
  const { db } = other.create(repairShop, "run-2");
  customer(db, "a");
  registry.find("repair-shop");
  customer(db, "b");
  const third = await openApps(home, () => 3000);
  expect(third.open("repair-shop").db.prepare("SELECT id FROM customers ORDER BY 1").pluck().all()).toEqual([
    "a",
    "b",
  ]);
  third.close();
  other.close();
});

it("changes tables and schema together or not at all", () => {
  registry.create(repairShop, "run-1");
  const failing = {
    ...addCity,
    apply: (db: Parameters<typeof addCity.apply>[0]) => {
      addCity.apply(db);
      throw new Error("in the middle");
    },
  };
  expect(() => registry.migrate("repair-shop", failing)).toThrow("in the middle");
  expect(registry.open("repair-shop").schema).toEqual(repairShop);
  expect(() => registry.open("repair-shop").db.prepare("SELECT city FROM customers").all()).toThrow(
    /no such column|does not exist/,
  );
  registry.migrate("repair-shop", addCity);
  expect(() => registry.migrate("repair-shop", addCity)).toThrow("changed meanwhile");
});

it("refuses a migration that would leave rows pointing to nothing", () => {
  const { db } = registry.create(repairShop, "run-1");
  customer(db, "a");
  db.prepare(
    "INSERT INTO repairs (id, customer, device, status, created_at, updated_at) VALUES ('r', 'a', 'Phone', 'received', '', '')",
  ).run();
  const losing = {
    ...addCity,
    apply: (on: { exec(sql: string): unknown }) => on.exec("DELETE FROM customers"),
  };
  expect(() => registry.migrate("repair-shop", losing)).toThrow(
    "“repairs” would point to rows that are gone",
  );
  expect(registry.open("repair-shop").db.prepare("SELECT count(*) FROM customers").pluck().get()).toBe(1);
});

it("changes tables with an earlier copy at hand, and lets it go again", () => {
  customer(registry.create(repairShop, "run-1").db, "a");
  registry.keepCopy("repair-shop", "run-9");
  registry.open("repair-shop").db.exec("DELETE FROM customers");
  registry.keepCopy("repair-shop", "run-9");
  const seen: unknown[] = [];
  let named = "";
  const read = (db: AppDatabase, copy: string | null) => {
    named = `${copy}.customers`;
    seen.push(db.prepare(`SELECT id FROM ${named}`).pluck().all());
  };
  registry.migrate("repair-shop", { ...addCity, apply: read, copy: "run-9" });
  expect(seen).toEqual([["a"]]);
  const { db } = registry.open("repair-shop");
  if (db.dialect.word === "sqlite")
    expect(() => db.prepare(`SELECT id FROM ${named}`)).toThrow("no such table");
});
