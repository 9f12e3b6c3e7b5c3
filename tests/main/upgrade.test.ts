import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { readReleases, releasesSince } from "#core/release.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { goBack, removeOldCopies, savedBefore } from "#main/keep/before-upgrade.ts";
import { dataFiles } from "#main/keep/data-files.ts";
import { openNews } from "#main/news.ts";
import { version } from "#main/version.ts";
import { bringUpToDate, newestIn, tablesOf } from "#store/sqlite/migrations.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { folderAsItWas, journal } from "../store/former-schema.ts";

const dataFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "milepost-upgrade-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return inDataFolder(folder);
};
type At = ReturnType<typeof dataFolder>;

const random = (n: number) => new Uint8Array(n);

/** What a start of today's Milepost does with the database. */
const start = async (at: At, now = Date.UTC(2026, 10, 29)) => {
  const saved = savedBefore(at, now);
  await (await openSqliteStore({ file: at.database, now: () => now, random, savedBefore: saved })).close();
  return saved;
};

/** What a start of one does that knew a migration less. */
const startFormer = (at: At) => {
  const client = new Database(at.database);
  try {
    bringUpToDate(client, former(), savedBefore(at, 0));
  } finally {
    client.close();
  }
};

/** Marks the database, so that it is known again. */
const mark = ({ database }: At, name: string) => {
  const client = new Database(database);
  client.exec(`CREATE TABLE IF NOT EXISTS "mark of ${name}" (a)`);
  client.close();
};
const marksIn = (file: string): unknown[] => {
  const client = new Database(file, { readonly: true });
  const marks = client
    .prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'mark%' ORDER BY name")
    .pluck()
    .all();
  client.close();
  return marks;
};

const former = () => folderAsItWas(journal.entries.length - 1);
const copies = ({ before }: At) => readdirSync(before).sort();

test("before an upgrade changes tables the database is saved, for its user only, and at no other start", async () => {
  const at = dataFolder();
  startFormer(at);
  startFormer(at);
  expect(() => copies(at)).toThrow();
  mark(at, "the old one");
  const saved = await start(at);
  expect(marksIn(saved)).toEqual(["mark of the old one"]);
  expect(tablesOf(saved)).toBeLessThan(tablesOf(at.database));
  expect(statSync(saved).mode & 0o777).toBe(0o600);
  await start(at, Date.UTC(2026, 11, 1));
  expect(copies(at)).toHaveLength(1);
  expect(dataFiles(at).files.map(({ path }) => path)).toEqual(["milepost.sqlite"]);
});

test("an older Milepost names the way back, and going back puts its database there and sets the newer one aside", async () => {
  const at = dataFolder();
  startFormer(at);
  mark(at, "before");
  await start(at);
  mark(at, "after");
  expect(() => startFormer(at)).toThrow("milepost go-back");
  const { aside } = await goBack(at, Date.UTC(2026, 10, 30));
  expect(marksIn(at.database)).toEqual(["mark of before"]);
  expect(marksIn(aside)).toEqual(["mark of after", "mark of before"]);
  startFormer(at);
  expect(tablesOf(at.database)).toBe(newestIn(former()));
});

test("going back without anything saved changes nothing and says what else there is", async () => {
  const at = dataFolder();
  await start(at);
  mark(at, "only");
  await expect(goBack(at, Date.now())).rejects.toThrow("milepost restore FILE");
  expect(marksIn(at.database)).toEqual(["mark of only"]);
});

test("the last three saved databases stay", async () => {
  const at = dataFolder();
  for (const day of [1, 2, 3, 4, 5]) {
    rmSync(at.database, { force: true });
    startFormer(at);
    await start(at, Date.UTC(2026, 0, day));
  }
  removeOldCopies(at);
  expect(copies(at)).toEqual(["03", "04", "05"].map((day) => `2026-01-${day}T00-00-00.sqlite`));
});

test("a new version is told to each person until they look, over restarts, and nothing is told at the first start", async () => {
  const at = dataFolder();
  expect((await openNews(at, "1.0.0")).since("ada")).toBe(null);
  expect((await openNews(at, "1.1.0")).since("ada")).toBe("1.0.0");
  const news = await openNews(at, "1.1.0");
  expect(news.since("ada")).toBe("1.0.0");
  await news.seen("ada");
  expect([news.since("ada"), news.since("ben")]).toEqual([null, "1.0.0"]);
  const after = await openNews(at, "1.1.0");
  expect([after.since("ada"), after.since("ben")]).toEqual([null, "1.0.0"]);
});

test("what nobody looked at is still new with the next version, and what somebody did is not", async () => {
  const at = dataFolder();
  for (const version of ["1.0.0", "1.1.0"]) await openNews(at, version);
  const unseen = await openNews(at, "1.2.0");
  expect(unseen.since("ada")).toBe("1.0.0");
  await unseen.seen("ada");
  const next = await openNews(at, "1.3.0");
  expect([next.since("ada"), next.since("ben")]).toEqual(["1.2.0", "1.2.0"]);
});

test("the newest released version of the changelog is the version of the package", () => {
  const releases = readReleases(readFileSync(new URL("../../CHANGELOG.md", import.meta.url), "utf8"));
  const released = releases.find(({ date }) => date !== null);
  expect(released?.version).toBe(version);
  for (const { version: name, date, parts } of releases) {
    if (date !== null)
      expect([name, date]).toEqual([
        expect.stringMatching(/^\d+\.\d+\.\d+$/),
        expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      ]);
    for (const { title, items } of parts) {
      expect(["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]).toContain(title);
      expect(items.length).toBeGreaterThan(0);
    }
  }
});

test("what came after a version is read from a changelog, lines that go on included", () => {
  const releases = readReleases(
    "# Changelog\n\n## [Unreleased]\n\n## [2.0.0] - 2026-02-01\n\n### Fixed\n\n- One that\n  goes on.\n- Two.\n\n## [1.0.0] - 2026-01-01\n",
  );
  expect(releasesSince(releases, "1.0.0").map((release) => release.version)).toEqual(["Unreleased", "2.0.0"]);
  expect(releases[1]?.parts).toEqual([{ title: "Fixed", items: ["One that goes on.", "Two."] }]);
  expect(releasesSince(releases, "0.9.0")).toHaveLength(3);
});
