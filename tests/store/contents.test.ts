import { randomBytes } from "node:crypto";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { faultsInside } from "#store/sqlite/contents.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { ada } from "../people/ada.ts";
import { freshFolder } from "./fresh-folder.ts";

/** A sound database of ours, to which somebody did something. */
const changed = async (statements: string): Promise<string> => {
  const file = join(freshFolder(), "milepost.sqlite");
  const store = await openSqliteStore({ file, now: Date.now, random: (n) => randomBytes(n) });
  await store.accounts.audit({ at: 1, by: ada, did: "looked", target: "all of it" });
  store.close();
  const client = new Database(file);
  client.pragma("foreign_keys = OFF");
  client.exec(statements);
  client.close();
  return file;
};

test("no server begins on a database that lacks a table, and it says which", async () => {
  const file = await changed("DROP TABLE events");
  await expect(openSqliteStore({ file, now: Date.now, random: (n) => randomBytes(n) })).rejects.toThrow(
    `${file} is damaged: its table events is missing.`,
  );
});

test.each([
  ["", []],
  ["DROP TABLE events", ["its table events is missing"]],
  ["DROP TRIGGER audit_never_changes", ["its trigger audit_never_changes is missing"]],
  [
    "INSERT INTO settings VALUES ('a', '{'), ('b', 'null')",
    ["one row of its table settings cannot be read (value)"],
  ],
] as const)(
  "what somebody did to the tables (%s) is found, and nothing in what nobody touched",
  async (statements, found) => {
    const file = await changed(statements);
    expect(faultsInside(file).slice(0, 1)).toEqual(found);
  },
);
