import { randomBytes } from "node:crypto";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { beforeTheFirst, hashOfEntry } from "#store/audit.ts";
import { verifyAudit } from "#store/sqlite/audit-faults.ts";
import { bringUpToDate, migrationsFolder } from "#store/sqlite/migrations.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { folderAsItWas, journal } from "./former-schema.ts";
import { freshFolder } from "./fresh-folder.ts";
import { handClock } from "./samples.ts";

const by = { kind: "token", id: "t1", name: "Owner" } as const;

/** A database whose audit has four entries. */
const filled = async () => {
  const file = join(freshFolder(), "m.sqlite");
  const store = await openSqliteStore({ file, now: handClock().now, random: (n) => randomBytes(n) });
  for (const at of [1, 2, 3, 4])
    await store.accounts.audit({ at, by, did: "looked", target: `number ${at}` });
  await store.close();
  const client = new Database(file);
  onTestFinished(() => void client.close());
  return { file, client };
};

test("the hash is that of canonical JSON, whatever order the members came in", () => {
  const deed = { target: "t", did: "d\u0001é", by: { name: "n", id: null, kind: "person" }, at: 5 } as const;
  // By sha256sum, of {"at":5,"by":{"id":null,"kind":"person","name":"n"},"did":"d\u0001é","previous":"00…","seq":1,"target":"t"}
  expect(hashOfEntry(1, deed, beforeTheFirst)).toBe(
    "42e8bc665cf0f880aa1336e0996c8e242d5908281ea8cc8edf65f34e43ea59b0",
  );
});

test.each([
  ["changed", "UPDATE audit SET target = 'else' WHERE id = 2"],
  ["removed", "DELETE FROM audit WHERE id = 2"],
  ["removed as a whole", "DELETE FROM audit"],
  [
    "put in another's place",
    "INSERT OR REPLACE INTO audit (id, at, by, did, target) VALUES (2, 2, 'x', 'x', 'x')",
  ],
  ["put before the last", "INSERT INTO audit (id, at, by, did, target) VALUES (-1, 2, 'x', 'x', 'x')"],
])("no entry can be %s", async (_, statement) => {
  const { file, client } = await filled();
  expect(() => client.exec(statement)).toThrow(/of the audit is/);
  expect(verifyAudit(file)).toMatchObject({ entries: 4, broken: null, last: { seq: 4 } });
});

test.each([
  ["what was done", "UPDATE audit SET target = 'else' WHERE id = 2", 2],
  ["who did it, under the same name", "UPDATE audit SET by_id = 't2' WHERE id = 3", 3],
  ["when", "UPDATE audit SET at = 9 WHERE id = 1", 1],
  ["an entry that is gone", "DELETE FROM audit WHERE id = 2", 3],
  ["the first that is gone", "DELETE FROM audit WHERE id = 1", 2],
  [
    "an entry that was added without its hash",
    "INSERT INTO audit (id, at, by, did, target) VALUES (5, 5, 'x', 'x', 'x')",
    5,
  ],
])("whoever goes round the triggers is found out: %s", async (_, statement, seq) => {
  const { file, client } = await filled();
  for (const trigger of ["only_grows", "never_changes", "never_shrinks"])
    client.exec(`DROP TRIGGER audit_${trigger}`);
  client.exec(statement);
  expect(verifyAudit(file).broken).toMatchObject({ seq });
});

test("entries from before the chain are tied into it, as of somebody of whom only the name is known", () => {
  const file = join(freshFolder(), "m.sqlite");
  const client = new Database(file);
  onTestFinished(() => void client.close());
  bringUpToDate(client, folderAsItWas(journal.entries.findIndex(({ tag }) => tag.endsWith("audit_chain"))));
  const add = client.prepare(
    "INSERT INTO audit (id, at, by, did, target) VALUES (?, ?, 'Öwner', 'looked', 'é😀')",
  );
  for (const id of [2, 3, 7]) add.run(id, id);
  bringUpToDate(client, migrationsFolder);
  expect(verifyAudit(file)).toMatchObject({ entries: 3, broken: null, last: { seq: 7 } });
  expect(client.prepare("SELECT DISTINCT by_kind, by_id FROM audit").all()).toEqual([
    { by_kind: "unknown", by_id: null },
  ]);
});
