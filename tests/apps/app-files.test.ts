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
import { addCity, customer } from "./changes.ts";
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

it("has schema.json say what the app is, also after a change", () => {
  registry.create(repairShop, "run-1");
  registry.migrate("repair-shop", addCity);
  expect(JSON.parse(readFileSync(join(folder, "repair-shop/schema.json"), "utf8"))).toEqual(addCity.to);
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
