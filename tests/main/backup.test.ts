import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { inDataFolder } from "#main/data-folder.ts";
import { readArchive } from "#main/keep/archive.ts";
import { backUp } from "#main/keep/backup.ts";
import { check } from "#main/keep/check.ts";
import { draftFolder } from "#main/keep/draft-folder.ts";
import { restore } from "#main/keep/restore.ts";
import { assertUsable } from "#main/keep/usable.ts";
import { makeFolder } from "#main/make-folder.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { freshFolder } from "../store/fresh-folder.ts";

const givenKey = randomBytes(32);

/** Data of a server that has done nothing yet, and how it is backed up. */
const data = async () => {
  const place = freshFolder();
  const at = inDataFolder(join(place, "data"));
  const store = await openSqliteStore({ file: at.database, now: Date.now, random: (n) => randomBytes(n) });
  onTestFinished(() => store.close());
  return { place, at, save: (file: string) => backUp({ at, file, version: "0.0.0", givenKey }) };
};

test("a place where nothing can be made is told at once, and nothing is left there", async () => {
  const { place, save } = await data();
  writeFileSync(join(place, "a-file"), "");
  symlinkSync(join(place, "nowhere"), join(place, "a-link"));
  const before = readdirSync(place);
  for (const [name, words] of [
    ["/proc/b.zip", "No folder can be made in /proc."],
    ["/proc/below/b.zip", "No folder can be made in /proc."],
    [join(place, "a-file/below/b.zip"), `${place}/a-file is a file, and a folder is needed there.`],
    [join(place, "a-link/b.zip"), `${place}/a-link is a link that leads to no folder.`],
    [join(place, "new/below", "x".repeat(252)), "name too long"],
  ] as const)
    await expect(save(name)).rejects.toThrow(words);
  expect(readdirSync(place)).toEqual(before);
});

test("data are neither begun nor restored where no folder can be made, and people are told at once", async () => {
  const { place, save } = await data();
  const file = join(place, "b.zip");
  await save(file);
  const at = inDataFolder("/proc/data");
  await expect(restore(at, file, givenKey)).rejects.toThrow("No folder can be made in /proc.");
  expect(() => assertUsable(at, { warn: () => {} })).toThrow(
    "Milepost cannot make its data folder /proc/data (no such file or directory). Make it for",
  );
});

test("a data folder that is a link to nowhere is told as that", () => {
  const place = freshFolder();
  symlinkSync(join(place, "nowhere"), join(place, "data"));
  expect(() => assertUsable(inDataFolder(join(place, "data")), { warn: () => {} })).toThrow(
    `${place}/data is a link that leads to no folder.`,
  );
});

test("a database and exports that links put on another disk are looked through, saved and restored", async () => {
  const place = freshFolder();
  const at = inDataFolder(join(place, "data"));
  for (const folder of [at.folder, join(place, "disk/exports")])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  symlinkSync(join(place, "disk/milepost.sqlite"), at.database);
  symlinkSync(join(place, "disk/exports"), at.exports);
  writeFileSync(join(at.exports, "urls.csv"), "url\n");
  const store = await openSqliteStore({ file: at.database, now: Date.now, random: (n) => randomBytes(n) });
  onTestFinished(() => store.close());
  chmodSync(at.database, 0o600);
  const file = join(place, "b.zip");
  await backUp({ at, file, version: "0.0.0", givenKey });
  const looked = await check(at, { key: givenKey, database: null, files: null });
  expect(looked).toMatchObject({ faults: [], looked: expect.stringContaining("1 database") });
  const to = inDataFolder(join(place, "restored"));
  await restore(to, file, givenKey);
  expect(readdirSync(to.folder)).toEqual(expect.arrayContaining(["milepost.sqlite", "exports"]));
  expect(readFileSync(join(to.exports, "urls.csv"), "utf8")).toBe("url\n");
});

test("a folder is made with all those above it, and one that is there is left as it is", () => {
  const place = freshFolder();
  const deep = join(place, "a/b/c");
  expect(makeFolder(deep)).toEqual([join(place, "a"), join(place, "a/b"), deep]);
  expect(makeFolder(deep)).toEqual([]);
});

test("of two backups under one name the second is refused, and takes nothing from the first", async () => {
  const { place, save } = await data();
  const file = join(place, "b.zip");
  const first = draftFolder(`${file}.part`);
  writeFileSync(`${file}.part/0`, "of the first");
  await expect(save(file)).rejects.toThrow("Another backup is just being made");
  expect(readdirSync(`${file}.part`)).toContain("0");
  first.remove();
  await save(file);
  await expect(save(file)).rejects.toThrow("is there already");
  expect(readdirSync(place).sort()).toEqual(["b.zip", "data"]);
});

test("what a backup that was killed left behind is taken away; somebody else's folder of that name is not", async () => {
  const { place, save } = await data();
  mkdirSync(join(place, "killed.zip.part"));
  for (const name of ["0", "1-wal", "backup.zip", "draft.lock"])
    writeFileSync(join(place, "killed.zip.part", name), "");
  await save(join(place, "killed.zip"));
  mkdirSync(join(place, "other.zip.part"));
  writeFileSync(join(place, "other.zip.part/diary.txt"), "");
  await expect(save(join(place, "other.zip"))).rejects.toThrow("with other things in it");
  expect(readdirSync(place).sort()).toEqual(["data", "killed.zip", "other.zip.part"]);
  expect(readdirSync(join(place, "other.zip.part"))).toEqual(["diary.txt"]);
});

test("backups that lie in the data folder are left out of the next one, and named; a file of people's that looks like one is not", async () => {
  const { place, at, save } = await data();
  await save(join(at.folder, "saved/first.zip"));
  writeFileSync(join(at.folder, "saved/other.zip"), "PK\x03\x04 and so on");
  const file = join(place, "second.zip");
  const { about, backups } = await save(file);
  expect(backups).toEqual(["saved/first.zip"]);
  expect(about.leftOut).toEqual(["saved/first.zip"]);
  const held: string[] = [];
  await readArchive(file, async (bytes, { path }) => {
    held.push(path);
    for await (const _ of bytes);
  });
  expect(held).toContain("saved/other.zip");
  expect(held).not.toContain("saved/first.zip");
});
