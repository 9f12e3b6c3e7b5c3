import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { Client } from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createSharedApps } from "#apps/postgres/shared-apps.ts";
import { createAppRegistry } from "#apps/registry.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import { type DataFolder, inDataFolder } from "#main/data-folder.ts";
import { aloneWith, lookingAt, lookingAtPostgres } from "#main/keep/alone.ts";
import { crawlsFolder } from "#main/keep/crawls-elsewhere.ts";
import { moveHere, moveTo } from "#main/keep/move.ts";
import { putMark, readMark } from "#main/keep/moved-mark.ts";
import { assertUsable } from "#main/keep/usable.ts";
import { sumsOf } from "#store/moving.ts";
import { openPostgresStore } from "#store/postgres/open.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { tables } from "#store/tables.ts";
import { customer } from "../apps/changes.ts";
import { repairShop } from "../apps/samples.ts";
import { flow, openWorld, silent } from "../engine/world.ts";
import { html, openSandbox, serveSite } from "../sandbox/botify/world.ts";
import { fillRuns } from "../store/fill.ts";
import { openANode } from "../store/postgres/a-node.ts";
import { type PostgresServer, startPostgres } from "../store/postgres/server.ts";
import { testFolder } from "./milepost.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

const random = (n: number) => randomBytes(n);
/** Its key and its files lie in the data folder. */
const here = { key: null, files: null };
const open = (file: string) => openSqliteStore({ file, now: Date.now, random });
const done: string[] = [];
const asking = flow("asking")
  .do("before", "Before", { run: async ({ key }) => void done.push(key), safeBecause: "It only counts." })
  .ask("word", "Word", {
    form: () => ({ fields: [{ kind: "text", name: "word", label: "Word", value: "" }], submit: "Answer" }),
    read: (values) => String(values.word),
  })
  .do("after", "After", { run: async ({ key }) => void done.push(key), safeBecause: "It only counts." })
  .hands((_input, { word }) => ({ sentence: word }));

/** A data folder with runs that are over and runs that are not, and one value of each kind that databases differ in. */
const filled = async (): Promise<DataFolder> => {
  const at = inDataFolder(join(testFolder(), "data"));
  mkdirSync(at.folder, { mode: 0o700 });
  await (await open(at.database)).close();
  const client = new Database(at.database);
  client.function("lower", (text) => String(text).toLowerCase());
  fillRuns(client, 1_200, { whole: 300 });
  client.exec(
    `UPDATE steps SET detail = 'Été 🏁' || char(0) || char(10) || '\\"{NULL}', share = 0.1, undoable = 1, result = '[null,1e300]'`,
  );
  // A server that was killed held this one.
  client.exec("UPDATE runs SET claimed_by = 'w', claimed_until = 9e15 WHERE seq = 1199");
  client.exec("INSERT INTO cleanings (at, by) VALUES (1, 'Ada'), (2, 'Ada')");
  client.close();
  return at;
};
const sums = (at: DataFolder) => lookingAt(at.database, sumsOf);

test("everything of a data folder goes into a PostgreSQL and back, the same to the last value, and runs go on in each", async () => {
  const at = await filled();
  const before = await openWorld([asking], { store: await open(at.database) });
  const [first, second] = [await before.start(), await before.start()];
  for (const id of [first, second]) await before.until(id, "asking");
  const counted = await before.store.countRuns();
  await before.close();

  const url = await server.fresh();
  const { sums: moved, aside } = await moveTo(at, url, here);
  expect(moved.find(({ table }) => table === "runs")?.rows).toBe(1_202);
  expect([existsSync(at.database), existsSync(aside)]).toEqual([false, true]);
  expect(() => assertUsable(at, silent)).toThrow("was moved to");

  const there = await openANode(url, { name: "one", works: true }, [asking]);
  await there.engine.answer(first, "word", { word: "there" }, "Ada");
  expect((await there.until(first, "completed", "failed")).run.outcome?.sentence).toBe("there");
  expect(await there.store.countRuns()).toEqual({
    ...counted,
    asking: counted.asking - 1,
    completed: counted.completed + 1,
  });
  expect((await there.store.runs({ limit: 5, search: "needle" })).rows).toHaveLength(1);
  // The numbers that the database gives go on behind those that came.
  expect(await there.store.cleanings.begin(3, "Ada")).toBe(3);
  await expect(moveHere(at, url, here)).rejects.toThrow("is running on");
  await there.close();

  const back = await moveHere(at, url, here);
  expect(await sums(at)).toEqual(back.sums);
  expect(readMark(at)).toBeNull();
  await expect(openPostgresStore({ url, now: Date.now, random })).rejects.toThrow("was moved to");
  assertUsable(at, silent);
  const again = await openWorld([asking], { store: await open(at.database) });
  onTestFinished(() => again.close());
  await again.engine.answer(second, "word", { word: "back" }, "Ada");
  expect((await again.until(second, "completed", "failed")).run.outcome?.sentence).toBe("back");
  expect(done.sort()).toEqual([first, second].flatMap((id) => [`${id}/after`, `${id}/before`]).sort());
});

test("a move that was cut off before or after its commit is done again, and until then no server starts on either half", async () => {
  const at = await filled();
  const url = await server.fresh();
  const copy = readFileSync(at.database);
  await moveTo(at, url, here);
  // As if it had ended between the commit and what comes after it.
  writeFileSync(at.database, copy, { mode: 0o600 });
  expect(() => assertUsable(at, silent)).toThrow("was cut off");
  expect((await moveTo(at, url, here)).already).toBe(true);
  await moveHere(at, url, here);

  // The way back, cut off between the file's place and the word to PostgreSQL, and after that word.
  const client = new Client({ connectionString: url });
  await client.connect();
  putMark(at, { way: "from", postgres: "somewhere" });
  expect(() => assertUsable(at, silent)).toThrow("was cut off");
  expect((await moveHere(at, url, here)).already).toBe(true);
  assertUsable(at, silent);
  await client.query("DROP TABLE moved_away");
  await client.end();
  putMark(at, { way: "from", postgres: "somewhere" });
  expect((await moveHere(at, url, here)).already).toBe(false);
  assertUsable(at, silent);
});

test("generated apps go along both ways with their rows and the copies from before changes, and are told", async () => {
  const at = await filled();
  const url = await server.fresh();
  const files = createAppRegistry({ folder: at.apps, now: Date.now });
  const { db } = files.create(repairShop, "run-1");
  const names = (of: { db: AppDatabase }) =>
    of.db.prepare("SELECT name FROM customers ORDER BY rowid").pluck().all();
  customer(db, "a");
  files.keepCopy("repair-shop", "run-2");
  customer(db, "b");
  files.close();

  const { apps } = await moveTo(at, url, here);
  expect(apps).toMatchObject([{ slug: "repair-shop" }]);
  expect(apps[0]?.sums).toContainEqual(expect.objectContaining({ table: "customers", rows: 2 }));
  expect(existsSync(join(at.apps, "repair-shop"))).toBe(false);
  const shared = createSharedApps({ database: url, now: Date.now });
  expect(names(shared.open("repair-shop"))).toEqual(["Ada", "Ada"]);
  customer(shared.open("repair-shop").db, "c");
  shared.close();

  const back = await moveHere(at, url, here);
  expect(back.apps[0]?.sums).toContainEqual(expect.objectContaining({ table: "customers", rows: 3 }));
  const again = createAppRegistry({ folder: at.apps, now: Date.now });
  onTestFinished(() => again.close());
  expect(names(again.open("repair-shop"))).toHaveLength(3);
  expect(Array.from(again.copies("repair-shop"), (copy) => [copy.label, names(copy)])).toEqual([
    ["run-2", ["Ada"]],
  ]);
});

test("crawls go along both ways, with their pages counted", async () => {
  const at = await filled();
  const url = await server.fresh();
  const { origin } = await serveSite((request, response) =>
    response
      .writeHead(request.url === "/robots.txt" ? 404 : 200, { "content-type": "text/html" })
      .end(html("x", "/1", "/2")),
  );
  const botify = await openSandbox({ dataDir: crawlsFolder(at) });
  const { id } = await botify.beginCrawl({ url: `${origin}/1`, pauseMs: 0 });
  const was = await botify.crawled(id);
  await botify.close();
  const { crawls } = await moveTo(at, url, here);
  expect(crawls).toMatchObject([{ url: `${origin}/1`, pages: 2 }]);
  expect(existsSync(crawlsFolder(at))).toBe(false);
  const back = await moveHere(at, url, here);
  expect(back.crawls).toEqual(crawls);
  const again = await openSandbox({ dataDir: crawlsFolder(at) });
  onTestFinished(again.close);
  expect(await again.crawl(id)).toEqual(was);
});

test("nothing is moved into a database that holds something else, nor where a file or the key is missing", async () => {
  const at = await filled();
  const url = await server.fresh();
  const before = await sums(at);
  const other = await openPostgresStore({ url, now: Date.now, random });
  await other.accounts.audit({
    at: 1,
    by: { kind: "person", id: "owner", name: "Ada" },
    did: "was there",
    target: "x",
  });
  await other.close();
  await expect(moveTo(at, url, here)).rejects.toThrow("There is a Milepost in");
  await aloneWith(at, null, (plain) =>
    plain.rows("UPDATE exports SET status = 'ready', file_path = 'gone.csv' WHERE seq = 1200"),
  );
  const fresh = await server.fresh();
  await expect(moveTo(at, fresh, here)).rejects.toThrow("gone.csv is missing");
  await aloneWith(at, null, (plain) =>
    plain.rows("UPDATE exports SET file_path = NULL WHERE file_path = 'gone.csv'"),
  );
  expect((await sums(at)).map(({ rows }) => rows)).toEqual(before.map(({ rows }) => rows));
  assertUsable(at, silent);
  expect(
    (await lookingAtPostgres(fresh, (plain) => plain.together(() => sumsOf(plain)))).every(
      ({ rows }) => rows <= 1,
    ),
  ).toBe(true);
  expect(tables).toHaveLength(before.length);
});
