import { randomBytes } from "node:crypto";
import { copyFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
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
  ["a backup was moved over it", (file: string) => renameSync(`${file}.backup`, file)],
  [
    "it was moved away and a backup put there",
    (file: string) => {
      renameSync(file, `${file}.former`);
      copyFileSync(`${file}.backup`, file);
    },
  ],
  ["it was removed", (file: string) => rmSync(file)],
])("nothing is told as saved once %s under a running server, which hears of it", async (_, replace) => {
  const { file, store, write } = await openIn(freshFolder());
  await write();
  copyFileSync(file, `${file}.backup`);
  await write();
  expect(told).toEqual([]);
  replace(file);
  await expect(write()).rejects.toBeInstanceOf(FileReplaced);
  await expect(store.healthy()).rejects.toBeInstanceOf(FileReplaced);
  expect(told.length).toBeGreaterThan(0);
  await store.close();
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
