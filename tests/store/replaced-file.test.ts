import { randomBytes } from "node:crypto";
import { copyFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { FileReplaced } from "#store/sqlite/same-file.ts";
import { freshFolder } from "./fresh-folder.ts";

const told: Error[] = [];
const openIn = async (folder: string) => {
  const file = join(folder, "m.sqlite");
  told.length = 0;
  const store = await openSqliteStore({
    ...{ file, now: Date.now, random: (n) => randomBytes(n) },
    diskFailed: (error) => void told.push(error),
  });
  const write = () =>
    store.accounts.audit({
      at: 1,
      by: { kind: "token", id: "t1", name: "Owner" },
      did: "looked",
      target: "it",
    });
  return { file, store, write };
};

test.each([
  ["a backup was moved over it", 1, (file: string) => renameSync(`${file}.backup`, file)],
  [
    "it was moved away and a backup put there",
    1,
    (file: string) => {
      renameSync(file, `${file}.former`);
      copyFileSync(`${file}.backup`, file);
    },
  ],
  ["it was removed", 0, (file: string) => rmSync(file)],
])("nothing is told as saved once %s under a running server, which hears of it", async (_, left, replace) => {
  const folder = freshFolder();
  const { file, store, write } = await openIn(folder);
  await write();
  const beside = new Database(file);
  beside.exec(`VACUUM INTO '${file}.backup'`);
  beside.close();
  await write();
  expect(told).toEqual([]);
  replace(file);
  await expect(write()).rejects.toBeInstanceOf(FileReplaced);
  await expect(store.healthy()).rejects.toBeInstanceOf(FileReplaced);
  expect(told.length).toBeGreaterThan(0);
  await store.close();
  // What lies there now is what was put there, without the last commits of the other one.
  const after = await openIn(folder);
  expect((await after.store.accounts.audits(9)).length).toBe(left);
  await after.write();
  await after.store.close();
});

test("what is written into the same file, or beside it, is no replacement", async () => {
  const { file, store, write } = await openIn(freshFolder());
  copyFileSync(file, `${file}.backup`);
  renameSync(`${file}.backup`, `${file}.other`);
  await write();
  await store.healthy();
  expect(told).toEqual([]);
  await store.close();
});
