import { randomBytes } from "node:crypto";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { inDataFolder } from "#main/data-folder.ts";
import { backUp } from "#main/keep/backup.ts";
import { verifySaved } from "#main/keep/verify-audit.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { copyDatabase } from "#store/sqlite/soundness.ts";
import { ada } from "../people/ada.ts";
import { freshFolder } from "../store/fresh-folder.ts";

/** Data with an audit of three entries, which a server still writes. */
const written = async () => {
  const at = inDataFolder(join(freshFolder(), "data"));
  const store = await openSqliteStore({ file: at.database, now: Date.now, random: (n) => randomBytes(n) });
  onTestFinished(() => store.close());
  const look = (when: number) =>
    store.accounts.audit({ at: when, by: ada, did: "looked", target: "all of it" });
  for (const when of [1, 2, 3]) await look(when);
  return { at, look };
};

/** What somebody does who can write the file. */
const tamper = (file: string, statements: string): void => {
  const client = new Database(file);
  client.exec(`DROP TRIGGER audit_never_changes; DROP TRIGGER audit_never_shrinks; ${statements}`);
  client.close();
};

test("a backup is looked through while the server writes on, and the audit of the server goes on from it", async () => {
  const { at, look } = await written();
  const file = join(freshFolder(), "backup.zip");
  await backUp({ at, file, version: "0.0.0", givenKey: randomBytes(32) });
  await look(4);
  expect(await verifySaved(at, file)).toMatchObject({
    found: { entries: 3, broken: null, last: { seq: 3 } },
    goesOnHere: true,
  });
});

test("what was cut off at the end, or written anew as a chain of its own, is found by comparing with what was saved", async () => {
  const { at, look } = await written();
  await look(4);
  const saved = join(freshFolder(), "saved.sqlite");
  await copyDatabase(at.database, saved);
  tamper(at.database, "DELETE FROM audit WHERE id > 2");
  expect(await verifySaved(at, saved)).toMatchObject({ found: { broken: null }, goesOnHere: false });
  await look(3);
  await look(5);
  expect(await verifySaved(at, saved)).toMatchObject({ found: { broken: null }, goesOnHere: false });
});

test("a saved database of which an entry was changed is told by the number of that entry", async () => {
  const { at } = await written();
  const saved = join(freshFolder(), "saved.sqlite");
  await copyDatabase(at.database, saved);
  tamper(saved, "UPDATE audit SET did = 'slept' WHERE id = 2");
  expect((await verifySaved(at, saved)).found).toMatchObject({ entries: 2, broken: { seq: 2 } });
});
