import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { inDataFolder } from "#main/data-folder.ts";
import { check } from "#main/keep/check.ts";
import { assertUsable } from "#main/keep/usable.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";

test("data of which a row cannot be read that every page needs are told with the path and what to do", async () => {
  const at = inDataFolder(mkdtempSync(join(tmpdir(), "milepost-usable-")));
  onTestFinished(() => rmSync(at.folder, { recursive: true }));
  const store = await openSqliteStore({ file: at.database, now: Date.now, random: (n) => new Uint8Array(n) });
  store.close();
  const look = () => assertUsable(at, { warn: () => {} });
  expect(look).not.toThrow();
  const client = new Database(at.database);
  client.exec("INSERT INTO settings VALUES ('a', '{')");
  client.close();
  expect(look).toThrow(
    `${at.database} is damaged (one row of its table settings cannot be read (value)). Nothing was changed.`,
  );
});

const others: [string, string][] = [
  ["of another program", "CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url TEXT)"],
  [
    "of another program that keeps its migrations as Milepost does",
    "CREATE TABLE __drizzle_migrations (id INTEGER, hash TEXT, created_at NUMERIC); INSERT INTO __drizzle_migrations VALUES (1, 'a', 1500000000000); CREATE TABLE runs (id)",
  ],
  [
    "that lost what says which version made it",
    "CREATE TABLE __drizzle_migrations (id INTEGER, hash TEXT, created_at NUMERIC); CREATE TABLE runs (id)",
  ],
];

test.each(others)(
  "a database %s is told, by check too, and not one table is made in it",
  async (_, tables) => {
    const at = inDataFolder(mkdtempSync(join(tmpdir(), "milepost-usable-")));
    onTestFinished(() => rmSync(at.folder, { recursive: true }));
    new Database(at.database).exec(tables).close();
    chmodSync(at.database, 0o600);
    const before = readFileSync(at.database);
    const words = `${at.database} is no database of Milepost, or what says which version made it is gone. Nothing was changed.`;
    expect(() => assertUsable(at, { warn: () => {} })).toThrow(words);
    const { faults } = await check(at, { key: null, database: null, files: null });
    expect(faults).toEqual([expect.stringContaining(words)]);
    expect(readFileSync(at.database)).toEqual(before);
  },
);

test.each(["-wal", "-shm", ".lock"])(
  "a folder where the database's %s should be is told with its path",
  (end) => {
    const at = inDataFolder(mkdtempSync(join(tmpdir(), "milepost-usable-")));
    onTestFinished(() => rmSync(at.folder, { recursive: true }));
    mkdirSync(`${at.database}${end}`);
    expect(() => assertUsable(at, { warn: () => {} })).toThrow(
      `${at.database}${end} is a folder and should be a file.`,
    );
  },
);

test.each([0o644, 0o640, 0o604])(
  "a key that others could read (mode %o) is refused with the way on, and left as it is",
  (mode) => {
    const at = inDataFolder(mkdtempSync(join(tmpdir(), "milepost-usable-")));
    onTestFinished(() => rmSync(at.folder, { recursive: true }));
    writeFileSync(at.key, Buffer.alloc(32), { mode: 0o600 });
    const words = () => {
      try {
        assertUsable(at, { warn: () => {} });
      } catch (error) {
        return String(error);
      }
      return "";
    };
    // A key without its database is refused as well, later and for that reason.
    expect(words()).not.toContain("could be read by others");
    chmodSync(at.key, mode);
    expect(words()).toContain(`chmod 600 ${at.key}`);
    expect(statSync(at.key).mode & 0o777).toBe(mode);
  },
);

const kinds = [
  ["database", "folder", "file"],
  ["key", "folder", "file"],
  ["exports", "file", "folder"],
  ["logs", "file", "folder"],
  ["apps", "file", "folder"],
  ["sandbox", "file", "folder"],
  ["jobs", "file", "folder"],
  ["asked", "file", "folder"],
  ["version", "folder", "file"],
  ["looked", "folder", "file"],
  ["address", "folder", "file"],
  ["folder", "file", "folder"],
] as const;

test.each(kinds)(
  "data whose %s is a %s are told with the path and what to do, and left as they are",
  (name, is, should) => {
    const home = mkdtempSync(join(tmpdir(), "milepost-usable-"));
    onTestFinished(() => rmSync(home, { recursive: true }));
    const at = inDataFolder(join(home, "data"));
    if (name !== "folder") mkdirSync(at.folder, { mode: 0o700 });
    if (is === "folder") mkdirSync(at[name], { mode: 0o755 });
    else writeFileSync(at[name], "x");
    const before = [readdirSync(home, { recursive: true }), statSync(at[name]).mode];
    expect(() => assertUsable(at, { warn: () => {} })).toThrow(
      name === "folder"
        ? `${at.folder} is a file, and the data need a folder.`
        : `${at[name]} is a ${is} and should be a ${should}.`,
    );
    expect([readdirSync(home, { recursive: true }), statSync(at[name]).mode]).toEqual(before);
  },
);
