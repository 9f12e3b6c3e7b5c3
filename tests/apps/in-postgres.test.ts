import { existsSync, writeFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, inject, onTestFinished, test } from "vitest";
import { lossOf } from "#apps/losses.ts";
import type { AppsHome } from "#apps/open-apps.ts";
import { openApps } from "#apps/open-apps.ts";
import { openAppDatabase } from "#apps/postgres/app-database.ts";
import { type Line, openLine } from "#apps/postgres/line.ts";
import { projectZip } from "#apps/project.ts";
import { type AppRegistry, createAppRegistry, type OpenApp } from "#apps/registry.ts";
import { addRow, changeRow, deleteRow } from "#apps/runtime/change-rows.ts";
import { isBusy } from "#apps/runtime/failures.ts";
import { historyOf } from "#apps/runtime/history.ts";
import { listRows } from "#apps/runtime/rows.ts";
import { openDatabase } from "#apps/runtime/sqlite.ts";
import { keptApp } from "#core/kept-app.ts";
import { startChild } from "#main/child.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { createErrands } from "#main/errands.ts";
import { bringAppsIn } from "#main/keep/bring-apps-in.ts";
import { newHome } from "./new-database.ts";
import { repairShop } from "./samples.ts";
import { unzip } from "./unzip.ts";

let home: AppsHome & { database: string };
let at = 1_000;
let apps: AppRegistry;
let line: Line;
beforeEach(async () => {
  at = Date.parse("2026-03-01T12:00:00Z");
  home = (await newHome()) as typeof home;
  apps = await openApps(home, () => at);
  line = openLine(home.database);
});
afterEach(() => {
  apps.close();
  line.close();
});

const dataOf = ({ db, schema }: Pick<OpenApp, "db" | "schema">) => {
  let made = 0;
  const newId = () => `00000000-0000-4000-8000-${String(++made).padStart(12, "0")}`;
  return { db, schema, clock: { now: () => at++, newId } };
};
const other = { ...repairShop, app: "other-shop", title: "Other shop" };
const roleOf = (app: OpenApp): string => ("role" in app.at ? app.at.role : "");
const everything = { q: "", filters: [], sort: "created_at", order: "asc", limit: 100, offset: 0 } as const;

test("the role of an app sees its own tables, and nothing of another app's or of Milepost's", () => {
  const app = apps.create(repairShop, "run-1");
  apps.create(other, "run-2");
  line.ask([{ sql: "CREATE TABLE public.runs (id TEXT)" }]);
  const asApp = (sql: string) =>
    line.ask([{ sql: `BEGIN; SET LOCAL ROLE "${roleOf(app)}"` }, { sql, values: [] }, { sql: "COMMIT" }]);
  expect(asApp('SELECT count(*) FROM "app_repair-shop".customers').rows).toEqual([[0]]);
  for (const sql of [
    'SELECT count(*) FROM "app_other-shop".customers',
    "SELECT count(*) FROM public.runs",
    "CREATE TABLE public.mine (id TEXT)",
    "CREATE SCHEMA mine",
  ])
    expect(() => asApp(sql)).toThrow("permission denied");
  const { rows } = line.ask([
    {
      sql: "SELECT rolcanlogin, rolsuper, rolcreaterole, rolinherit FROM pg_roles WHERE rolname = $1",
      values: [roleOf(app)],
    },
  ]);
  expect(rows).toEqual([[0, 0, 0, 0]]);
});

test("who writes meanwhile holds up a writer and no reader, and what he takes back was never there", () => {
  const app = apps.create(repairShop, "run-1");
  const elsewhere = openLine(home.database);
  if (!("role" in app.at)) throw new Error("not in PostgreSQL");
  const there = openAppDatabase(elsewhere, app.at);
  expect(() =>
    there
      .transaction(() => {
        addRow(dataOf({ ...app, db: there }), "customers", { name: "Ada" });
        let thrown: unknown;
        try {
          addRow(dataOf(app), "customers", { name: "Bob" });
        } catch (error) {
          thrown = error;
        }
        expect(isBusy(thrown)).toBe(true);
        expect(listRows(app, "customers", { ...everything, filters: [] })).toEqual([]);
        throw new Error("changed my mind");
      })
      .immediate(),
  ).toThrow("changed my mind");
  addRow(dataOf(app), "customers", { name: "Bob" });
  const names = listRows({ ...app, db: there }, "customers", { ...everything, filters: [] }).map(
    ({ name }) => name,
  );
  expect(names).toEqual(["Bob"]);
  elsewhere.close();
});

test("what fails within a change is taken back alone where somebody takes it, and with the whole change where nobody does", () => {
  const { db } = apps.create(repairShop, "run-1");
  const sql =
    "INSERT INTO repairs (id, customer, device, status, created_at, updated_at) VALUES (?, ?, '', '', '', '')";
  const customer = (id: string) =>
    db.prepare("INSERT INTO customers (id, name, created_at, updated_at) VALUES (?, ?, '', '')").run(id, id);
  const ids = () => db.prepare("SELECT id FROM customers ORDER BY id").pluck().all();
  db.transaction(() => {
    customer("a");
    const failing = db.transaction(() => {
      customer("b");
      db.prepare(sql).run("r", "nobody");
    });
    expect(failing).toThrow("foreign key");
    customer("c");
  })();
  expect(ids()).toEqual(["a", "c"]);
  const whole = db.transaction(() => {
    customer("d");
    db.prepare(sql).run("r", "nobody");
  });
  expect(whole).toThrow("foreign key");
  const unheard = db.transaction(() => {
    customer("e");
    db.prepare(sql).run("r", "nobody");
    expect(ids).toThrow("foreign key");
  });
  expect(unheard).toThrow("taken back");
  expect(ids()).toEqual(["a", "c"]);
});

test("a connection that is lost in the middle of a change takes all of it back, and the next one goes on", () => {
  const app = apps.create(repairShop, "run-1");
  const end =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'milepost apps' AND pid <> pg_backend_pid() AND datname = current_database()";
  expect(() =>
    app.db
      .transaction(() => {
        addRow(dataOf(app), "customers", { name: "Ada" });
        line.ask([{ sql: end, values: [] }]);
        addRow(dataOf(app), "customers", { name: "Bob" });
      })
      .immediate(),
  ).toThrow("does not answer just now");
  expect(listRows(app, "customers", { ...everything, filters: [] })).toEqual([]);
  addRow(dataOf(app), "customers", { name: "Cy" });
  expect(listRows(app, "customers", { ...everything, filters: [] })).toHaveLength(1);
});

test("a database that is silent holds nobody up for longer than the limit, and answers the next question", () => {
  const short = openLine(home.database, 2_000);
  const asked = performance.now();
  expect(() => short.ask([{ sql: "SELECT pg_sleep(30)", values: [] }])).toThrow("did not answer in time");
  expect(performance.now() - asked).toBeLessThan(15_000);
  expect(() => short.ask([{ sql: "SELECT 1", values: [] }])).not.toThrow();
  short.close();
});

/** A shop with rows of every kind, a change, a deletion and its history. */
const filled = (registry: AppRegistry): OpenApp => {
  const app = registry.create(repairShop, "run-1");
  const data = dataOf(app);
  const row = (table: string, sent: Record<string, unknown>) => {
    const done = addRow(data, table, sent);
    if (!("row" in done)) throw new Error(JSON.stringify(done));
    return done.row;
  };
  const ada = row("customers", { name: "Ädä 🏁", email: "ada@example.org" });
  row("customers", { name: "Bob" });
  row("repairs", { customer: ada.id, device: "Phone", status: "received" });
  const product = row("products", { name: "Cable", price: 12.5, stock: 3 });
  changeRow(data, "products", { id: product.id, updatedAt: null }, { stock: 2 });
  deleteRow(data, "customers", row("customers", { name: "Gone" }).id);
  return app;
};

test("an app is taken over from SQLite and back again with all that is in it, and taking it twice changes nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-apps-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const files = createAppRegistry({ folder, now: () => at });
  const before = filled(files);
  files.keepCopy("repair-shop", "run-9");
  const { app, sums } = apps.take(before);
  for (const copy of files.copies("repair-shop")) apps.takeCopy("repair-shop", copy);
  expect(app.schema).toEqual(before.schema);
  expect(app.createdAt).toBe(before.createdAt);
  expect(sums.find(({ table }) => table === "customers")?.rows).toBe(2);
  const rows = (of: OpenApp, table: string) => listRows(of, table, { ...everything, filters: [] });
  for (const table of Object.keys(repairShop.tables)) expect(rows(app, table)).toEqual(rows(before, table));
  const [product] = rows(app, "products");
  expect(historyOf(app, "products", product?.id ?? "")).toEqual(
    historyOf(before, "products", product?.id ?? ""),
  );
  // What comes next comes behind them, and references hold.
  const data = dataOf(app);
  addRow(
    { ...data, clock: { ...data.clock, newId: () => "00000000-0000-4000-9000-000000000000" } },
    "customers",
    { name: "Zed" },
  );
  expect(rows(app, "customers").map(({ name }) => name)).toEqual(["Ädä 🏁", "Bob", "Zed"]);
  expect(() => app.db.exec("UPDATE repairs SET customer = 'nobody'")).toThrow("foreign key");
  apps.take(before);
  expect(rows(app, "customers")).toHaveLength(3);
  files.remove("repair-shop");
  const back = files.take(app).app;
  for (const table of Object.keys(repairShop.tables)) expect(rows(back, table)).toEqual(rows(app, table));
  expect(() => back.db.exec("UPDATE repairs SET customer = 'nobody'")).toThrow("FOREIGN KEY");
  for (const copy of apps.copies("repair-shop")) files.takeCopy("repair-shop", copy);
  const copies = [...files.copies("repair-shop")].map(({ label, schema }) => [label, schema]);
  expect(copies).toEqual([["run-9", repairShop]]);
  let then: unknown;
  files.migrate("repair-shop", {
    ...{ from: repairShop, to: repairShop, copy: "run-9" },
    apply: (db, copy) => {
      then = db.prepare(`SELECT name FROM ${copy}.customers ORDER BY rowid`).pluck().all();
    },
  });
  expect(then).toEqual(["Ädä 🏁", "Bob"]);
  files.close();
});

test("apps of a data folder come into the database once, and one whose address is taken stays where it is and is told", async () => {
  const data = inDataFolder(await mkdtemp(join(tmpdir(), "milepost-data-")));
  onTestFinished(() => rm(data.folder, { recursive: true, force: true }));
  const files = createAppRegistry({ folder: data.apps, now: () => at });
  filled(files);
  files.create(other, "run-of-files");
  apps.create(other, "run-of-database");
  const stayed: string[] = [];
  const bring = () =>
    bringAppsIn(data, home.database, { onStay: (slug, { message }) => stayed.push(`${slug}: ${message}`) });
  expect((await bring()).map(({ slug }) => slug)).toEqual(["repair-shop"]);
  expect(stayed).toEqual([expect.stringContaining("other-shop: There is an app “other-shop” already")]);
  expect(files.find("repair-shop")).toBeNull();
  expect(files.find("other-shop")?.madeBy).toBe("run-of-files");
  expect(listRows(apps.open("repair-shop"), "customers", { ...everything, filters: [] })).toHaveLength(2);
  expect(await bring()).toEqual([]);
  const [aside = ""] = await readdir(data.before);
  expect(existsSync(join(data.before, aside, "repair-shop", "app.sqlite"))).toBe(true);
  files.close();
});

test("a text of any length may be what another type cannot hold", () => {
  const app = apps.create(repairShop, "run-1");
  const long = Array.from({ length: 600 }, (_, place) => Math.sin(place).toString(36)).join(" ");
  const done = addRow(dataOf(app), "customers", { name: "Ada", notes: long });
  expect(done).toMatchObject({ row: { name: "Ada" } });
  const to = structuredClone(repairShop);
  Object.assign(to.tables.customers?.columns.notes ?? {}, { type: "integer" });
  expect(lossOf(app.db, repairShop, to)).toEqual([
    expect.stringContaining("1 value of “Notes” in “Customers” cannot be kept as integer"),
  ]);
});

test("a text that is too long for what no two rows may say the same in is refused in words", () => {
  const schema = structuredClone(repairShop);
  Object.assign(schema.tables.customers?.columns.notes ?? {}, { unique: true });
  const app = apps.create(schema, "run-1");
  const long = Array.from({ length: 900 }, (_, place) => Math.sin(place).toString(36)).join(" ");
  expect(() => addRow(dataOf(app), "customers", { name: "Ada", notes: long })).toThrow(
    /too long to be looked up by/,
  );
  expect(addRow(dataOf(app), "customers", { name: "Ada", notes: "short" })).toMatchObject({
    row: { values: { notes: "short" } },
  });
});

test("a download brings an SQLite file with the rows, and without what was deleted or who did what", async () => {
  const app = filled(apps);
  const zip = await unzip(await buffer(await projectZip(app, createErrands(startChild))));
  const folder = await mkdtemp(join(tmpdir(), "milepost-download-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "app.sqlite");
  writeFileSync(file, zip.get("repair-shop/data/app.sqlite") ?? "");
  const copy = openDatabase(file);
  expect(copy.prepare("SELECT name FROM customers ORDER BY rowid").pluck().all()).toEqual(["Ädä 🏁", "Bob"]);
  expect(copy.prepare("SELECT price, stock FROM products").get()).toEqual({ price: 12.5, stock: 2 });
  expect(copy.prepare("SELECT name FROM sqlite_master WHERE name LIKE '\\_%' ESCAPE '\\'").all()).toEqual([]);
  expect(copy.pragma("foreign_key_check")).toEqual([]);
  copy.close();
});

test("what was removed goes for good after its days, with its role, its copies and no other app", () => {
  const app = filled(apps);
  filled({ ...apps, create: () => apps.create(other, "run-2") });
  apps.keepCopy("repair-shop", "run-9");
  expect([...apps.copies("repair-shop")].map(({ label }) => label)).toEqual(["run-9"]);
  apps.remove("repair-shop");
  at += (keptApp.days - 1) * 86_400_000;
  apps.forgetRemoved();
  expect(apps.removed()).toHaveLength(1);
  at += 2 * 86_400_000;
  apps.forgetRemoved();
  expect(apps.removed()).toEqual([]);
  const left = line.ask([
    { sql: "SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^(app|gone|copy)_'", values: [] },
    { sql: "SELECT count(*) FROM pg_roles WHERE rolname = $1", values: [roleOf(app)] },
  ]);
  expect(left.rows).toEqual([[0]]);
  expect(apps.titles().map(({ slug }) => slug)).toEqual(["other-shop"]);
  expect(listRows(apps.open("other-shop"), "customers", { ...everything, filters: [] })).toHaveLength(2);
});

test("what was restored without its role and removed goes alone, with nothing else of its owner", () => {
  const app = filled(apps);
  apps.create(other, "run-2");
  const mine = line.ask([{ sql: "SELECT current_user::text", values: [] }]).rows[0]?.[0];
  line.ask([{ sql: "CREATE TABLE public.runs (id TEXT)" }]);
  apps.remove("repair-shop");
  line.ask([{ sql: `REASSIGN OWNED BY "${roleOf(app)}" TO "${mine}"` }]);
  at += (keptApp.days + 1) * 86_400_000;
  apps.forgetRemoved();
  expect(apps.removed()).toEqual([]);
  expect(apps.titles().map(({ slug }) => slug)).toEqual(["other-shop"]);
  expect(line.ask([{ sql: "SELECT count(*) FROM public.runs", values: [] }]).rows).toEqual([[0]]);
});

test("a schema that was restored without its role gets one again, and its rows are there", async () => {
  const app = filled(apps);
  apps.keepCopy("repair-shop", "run-9");
  const mine = line.ask([{ sql: "SELECT current_user::text", values: [] }]).rows[0]?.[0];
  line.ask([{ sql: `REASSIGN OWNED BY "${roleOf(app)}" TO "${mine}"` }]);
  const again = await openApps(home, () => at);
  const restored = again.open("repair-shop");
  expect(roleOf(restored)).toMatch(/^milepost_app_/);
  expect(roleOf(restored)).not.toBe(roleOf(app));
  const [copy] = [...again.copies("repair-shop")];
  expect(copy?.label).toBe("run-9");
  expect(copy?.db.prepare("SELECT name FROM customers ORDER BY rowid").pluck().all()).toEqual([
    "Ädä 🏁",
    "Bob",
  ]);
  expect(listRows(restored, "customers", { ...everything, filters: [] })).toHaveLength(2);
  addRow(
    { ...dataOf(restored), clock: { now: () => at, newId: () => "00000000-0000-4000-9000-000000000000" } },
    "customers",
    { name: "New" },
  );
  again.close();
});

test("it is told what Milepost's user lacks where PostgreSQL lets it make no role", async () => {
  line.ask([
    { sql: "CREATE ROLE plain LOGIN" },
    { sql: `GRANT CREATE ON DATABASE "${new URL(home.database).pathname.slice(1)}" TO plain` },
  ]);
  const address = new URL(home.database);
  address.username = "plain";
  const poor = await openApps({ database: address.href }, () => at);
  expect(() => poor.create(repairShop, "run-1")).toThrow("CREATEROLE");
  poor.close();
  expect(inject("appsDatabase")).toBeDefined();
});
