import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type AppRegistry, createAppRegistry } from "#apps/registry.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import type { AppSchema, Column } from "#apps/runtime/schema.ts";
import { columnSql } from "#apps/runtime/sqlite.ts";
import { repairShop } from "./samples.ts";
import { sqliteOf } from "./sqlite-of.ts";

let folder: string;
let registry: AppRegistry;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "apps-"));
  registry = createAppRegistry({ folder, now: () => 1000 });
});
afterEach(() => {
  registry.close();
  rmSync(folder, { recursive: true });
});

const city: Column = { type: "text", label: "City", required: false, unique: false };

const withCity = (): AppSchema => {
  const changed = structuredClone(repairShop);
  Object.assign(changed.tables.customers?.columns ?? {}, { city });
  return changed;
};

const addCity = {
  from: repairShop,
  to: withCity(),
  apply: (db: { exec(sql: string): unknown }) =>
    db.exec(`ALTER TABLE customers ADD COLUMN ${columnSql("city", city)}`),
};

const customer = (db: ReturnType<AppRegistry["open"]>["db"], id: string) =>
  db.prepare("INSERT INTO customers (id, name, created_at, updated_at) VALUES (?, 'Ada', '', '')").run(id);

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

it("serves what another process migrated, replaced or removed since", () => {
  registry.create(repairShop, "run-1");
  const other = createAppRegistry({ folder, now: () => 2000 });
  other.migrate("repair-shop", addCity);
  expect(registry.open("repair-shop").schema.tables.customers?.columns).toHaveProperty("city");
  other.remove("repair-shop");
  expect(registry.find("repair-shop")).toBeNull();
  other.create(repairShop, "run-2");
  expect(registry.open("repair-shop").madeBy).toBe("run-2");
  other.close();
});

it("loses nothing of an app that another process put in the place of the one it held", () => {
  customer(registry.create(repairShop, "run-1").db, "old");
  const other = createAppRegistry({ folder, now: () => 2000 });
  other.remove("repair-shop");
  const { db } = other.create(repairShop, "run-2");
  customer(db, "a");
  registry.find("repair-shop");
  customer(db, "b");
  const third = createAppRegistry({ folder, now: () => 3000 });
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
  expect(() => registry.open("repair-shop").db.prepare("SELECT city FROM customers")).toThrow(
    "no such column",
  );
  registry.migrate("repair-shop", addCity);
  expect(JSON.parse(readFileSync(join(folder, "repair-shop/schema.json"), "utf8"))).toEqual(addCity.to);
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
  const read = (db: AppDatabase) => seen.push(db.prepare("SELECT id FROM copy.customers").pluck().all());
  registry.migrate("repair-shop", { ...addCity, apply: read, copy: "run-9" });
  expect(seen).toEqual([["a"]]);
  const { db } = registry.open("repair-shop");
  expect(() => db.prepare("SELECT id FROM copy.customers")).toThrow("no such table");
});

it.each(["../other", "..", ".", "", "a/b", "a\0", "A", "x.part", ".repair-shop.part", "repair-shop/"])(
  "makes no path of the slug %j",
  (slug) => {
    registry.create(repairShop, "run-1");
    expect(registry.find(slug)).toBeNull();
    expect(registry.remove(slug)).toBe(false);
    expect(() => registry.create({ ...repairShop, app: slug }, "run-2")).toThrow();
    expect(existsSync(join(folder, "repair-shop/app.sqlite"))).toBe(true);
  },
);

/** How many files of apps' databases this process has open (proc(5)). */
const openFiles = (): number =>
  readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
    } catch {
      return false;
    }
  }).length;

it("keeps the databases of the 20 apps used last open and closes the others, which open again when they are asked for", () => {
  let at = 1_000;
  const passing = createAppRegistry({ folder, now: () => at });
  for (let n = 10; n < 40; n++) {
    passing.create({ ...repairShop, app: `shop-${n}` }, "run-1");
    at += 61_000;
  }
  const most = openFiles();
  expect(most).toBeLessThanOrEqual(3 * 20);
  customer(passing.open("shop-10").db, "a");
  expect(passing.open("shop-10").db.prepare("SELECT count(*) FROM customers").pluck().get()).toBe(1);
  expect(openFiles()).toBeLessThanOrEqual(most);
  passing.close();
  expect(openFiles()).toBe(0);
});

it("closes no database that somebody asked for a moment ago or reads at this moment", () => {
  let at = 1_000;
  const passing = createAppRegistry({ folder, now: () => at });
  const { db } = passing.create({ ...repairShop, app: "shop-1" }, "run-1");
  customer(db, "a");
  customer(db, "b");
  const reading = sqliteOf(db).prepare("SELECT id FROM customers").iterate();
  reading.next();
  for (let n = 10; n < 40; n++) passing.create({ ...repairShop, app: `shop-${n}` }, "run-1");
  at += 61_000;
  for (let n = 40; n < 43; n++) passing.create({ ...repairShop, app: `shop-${n}` }, "run-1");
  expect(reading.next().done).toBe(false);
  reading.return?.();
  passing.close();
});

it("lists apps in pages and tells their titles, and leaves none of them open", () => {
  for (let n = 10; n < 15; n++)
    registry.create({ ...repairShop, app: `shop-${n}`, title: `Shop ${n}` }, "run-1");
  registry.close();
  const first = registry.list({ limit: 3 }, ({ slug, schema }) => [slug, schema.title]);
  expect(first.rows).toEqual([
    ["shop-10", "Shop 10"],
    ["shop-11", "Shop 11"],
    ["shop-12", "Shop 12"],
  ]);
  registry.remove("shop-12");
  const rest = registry.list({ limit: 3, after: first.next ?? "" }, ({ slug }) => slug);
  expect(rest).toEqual({ rows: ["shop-13", "shop-14"], damaged: [], next: null });
  expect(registry.titles()).toContainEqual(expect.objectContaining({ slug: "shop-14", title: "Shop 14" }));
  expect(openFiles()).toBe(0);
});

it("makes no path of a label", () => {
  registry.create(repairShop, "run-1");
  expect(() => registry.keepCopy("repair-shop", "../../x")).toThrow();
  expect(() => registry.migrate("repair-shop", { ...addCity, copy: "../app" })).toThrow();
});

it("one app that is damaged is told by a sentence that names it, and takes none of the others with it", () => {
  registry.create(repairShop, "run");
  mkdirSync(join(folder, "broken"));
  writeFileSync(join(folder, "broken", "app.sqlite"), "no database at all, ".repeat(500));
  const { rows, damaged, next } = registry.list({ limit: 30 }, ({ slug }) => slug);
  expect([rows, next]).toEqual([[repairShop.app], null]);
  expect(damaged).toEqual([
    expect.stringContaining("apps/broken/app.sqlite in the data folder is damaged ("),
  ]);
  expect(() => registry.open("broken")).toThrow("apps/broken/app.sqlite in the data folder is damaged");
});
