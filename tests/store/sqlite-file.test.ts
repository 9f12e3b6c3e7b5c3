import { randomBytes } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it, onTestFinished, vi } from "vitest";
import { everything } from "#core/rights.ts";
import type { Store } from "#core/store.ts";
import { openDatabase } from "#store/sqlite/driver.ts";
import { bringUpToDate, migrationsFolder } from "#store/sqlite/migrations.ts";
import { openSqliteStore, storeOn } from "#store/sqlite/open.ts";
import { freshFolder } from "./fresh-folder.ts";
import { change, handClock, newRun } from "./samples.ts";

const random = (n: number) => randomBytes(n);
const clock = handClock();
const open = (file: string): Promise<Store> => openSqliteStore({ file, now: clock.now, random });

/** A store whose connection the test has in its hands too. */
const openWithClient = (file: string) => {
  const { client, db } = openDatabase(file);
  bringUpToDate(client, migrationsFolder);
  const store = storeOn({ client, db, release: () => {} }, { now: clock.now, random });
  onTestFinished(() => store.close());
  return { store, client, db };
};

it("writes through to the disk at every commit and checks that rows refer to something", () => {
  const { client } = openDatabase(join(freshFolder(), "m.sqlite"));
  onTestFinished(() => void client.close());
  expect(client.pragma("journal_mode", { simple: true })).toBe("wal");
  expect(client.pragma("synchronous", { simple: true })).toBe(2);
  expect(client.pragma("foreign_keys", { simple: true })).toBe(1);
});

it("checks rows that refer to something after its migrations too", () => {
  const { client } = openWithClient(join(freshFolder(), "m.sqlite"));
  expect(client.pragma("foreign_keys", { simple: true })).toBe(1);
});

it("lets nobody else read its folder or any of its files", async () => {
  const folder = join(freshFolder(), "data");
  const store = await open(join(folder, "m.sqlite"));
  onTestFinished(() => store.close());
  await newRun(store, clock);
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
  expect(modeOf(folder)).toBe("700");
  const modes = readdirSync(folder).map((name) => [name, modeOf(join(folder, name))]);
  expect(modes.map(([name]) => name)).toEqual(
    expect.arrayContaining(["m.sqlite", "m.sqlite-wal", "m.sqlite.lock"]),
  );
  expect(modes.filter(([, mode]) => mode !== "600")).toEqual([]);
});

it("keeps everything when it is closed and opened again", async () => {
  const file = join(freshFolder(), "m.sqlite");
  const first = await open(file);
  const id = await newRun(first, clock, { lock: "L" });
  const before = await first.run(id);
  await first.close();
  const second = await open(file);
  onTestFinished(() => second.close());
  expect(await second.run(id)).toEqual(before);
  await expect(newRun(second, clock, { lock: "L" })).rejects.toMatchObject({ code: "locked", runId: id });
});

it("refuses a second server on the same file by a sentence that names it, until the first is closed", async () => {
  const file = join(freshFolder(), "m.sqlite");
  const first = await open(file);
  await expect(open(file)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(file),
  });
  await newRun(first, clock);
  await first.close();
  const second = await open(file);
  onTestFinished(() => second.close());
  expect((await second.runs({ limit: 5 })).rows).toHaveLength(1);
});

it("can be opened again after opening it has failed", async () => {
  const file = join(freshFolder(), "m.sqlite");
  const none = openSqliteStore({ file, now: clock.now, random, migrationsFolder: "/nowhere" });
  await expect(none).rejects.toThrow("_journal.json");
  const store = await open(file);
  await store.close();
});

it("says that the disk is full, loses nothing that was saved, reads on, and goes on when there is room", async () => {
  const { store, client } = openWithClient(join(freshFolder(), "m.sqlite"));
  const id = await newRun(store, clock);
  await store.accounts.addToken(
    {
      id: "t1",
      name: "ci",
      personId: "owner",
      scope: everything,
      expiresAt: null,
      madeBy: "Ada",
      madeByToken: null,
      createdAt: 1,
      lastUsedAt: null,
    },
    "hash",
  );
  client.pragma(`max_page_count = ${client.pragma("page_count", { simple: true })}`);
  const text = "x".repeat(10_000);
  const write = () =>
    change(store, id, { events: [], logs: [{ stepId: "fetch", attempt: 1, level: "info", text }] });

  let saved = 0;
  const filling = async () => {
    for (; ; saved++) await write();
  };
  await expect(filling()).rejects.toMatchObject({
    code: "disk-full",
    message: expect.stringContaining("Free some space"),
  });

  expect((await store.run(id))?.run).toMatchObject({ version: 1 + saved, lastEvent: 1 + saved });
  expect(await store.logs(id, { after: 0, limit: 1_000 })).toHaveLength(saved);
  expect(await store.accounts.token("hash", clock.now())).toMatchObject({ name: "ci" });
  client.pragma("max_page_count = 1000000");
  await write();
  expect(await store.version(id)).toBe(2 + saved);
});

it("shows its health by a commit that reaches the disk, and by an error when it cannot be written", async () => {
  const file = join(freshFolder(), "m.sqlite");
  const { store, client } = openWithClient(file);
  const written = () => statSync(`${file}-wal`).size;
  const before = written();
  await store.healthy();
  expect(written()).toBeGreaterThan(before);
  client.pragma("query_only = ON");
  await expect(store.healthy()).rejects.toThrow("readonly");
});

/** Another program that holds the file for writing. */
const holder = (file: string): Database.Database => {
  const backup = new Database(file);
  onTestFinished(() => void backup.close());
  backup.exec("BEGIN IMMEDIATE");
  return backup;
};

it("reads on while another program holds the file for writing, and says so to those who cannot wait for it", async () => {
  const file = join(freshFolder(), "m.sqlite");
  const { store } = openWithClient(file);
  const id = await newRun(store, clock);
  holder(file);
  expect((await store.run(id))?.run.id).toBe(id);
  expect(await store.events(id, 0, 5)).toHaveLength(1);
  await expect(change(store, id, { run: { percentFloor: 1 }, events: [] })).rejects.toMatchObject({
    code: "store-busy",
    message: expect.stringContaining("Another program"),
  });
});

it("waits for another program that holds the file outside the event loop, and then writes what was to be written", async () => {
  const file = join(freshFolder(), "m.sqlite");
  const { store } = openWithClient(file);
  const id = await newRun(store, clock);
  const backup = holder(file);
  const writing = [change(store, id, { run: { percentFloor: 1 }, events: [] }), store.healthy()];
  // Everybody else has their turn meanwhile, the other program too.
  await new Promise((resolve) => setImmediate(resolve));
  backup.exec("ROLLBACK");
  await Promise.all(writing);
  expect((await store.run(id))?.run.percentFloor).toBe(1);
});

it("writes only the columns that changed, and never a key: SQLite would look at every event that the run has", async () => {
  const { store, client } = openWithClient(":memory:");
  const id = await newRun(store, clock);
  const prepared = vi.spyOn(client, "prepare");
  const steps = [{ id: "fetch", patch: { detail: "half", title: "Step fetch" } }] as const;
  await change(store, id, { run: { state: "queued", percentFloor: 7 }, steps, events: [] });
  const updates = prepared.mock.calls.map(([text]) => /^update (.*?) set (.*?) where/.exec(text));
  expect(updates.map((found) => [found?.[1], found?.[2]?.match(/\w+(?=" = )/g)?.toSorted()])).toEqual([
    ['"runs"', ["changed_at", "percent_floor", "version"]],
    ['"steps"', ["detail"]],
  ]);
});
