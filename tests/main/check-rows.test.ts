import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { inDataFolder } from "#main/data-folder.ts";
import { check } from "#main/keep/check.ts";
import { compact } from "#main/keep/compact.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { fillRuns } from "../store/fill.ts";

const look = (at: ReturnType<typeof inDataFolder>) => check(at, { key: null, database: null, files: null });

/** A hundred runs with steps and events as a server leaves them, and a database to write into by hand. */
const someRuns = async () => {
  const at = inDataFolder(mkdtempSync(join(tmpdir(), "milepost-rows-")));
  onTestFinished(() => rmSync(at.folder, { recursive: true }));
  const store = await openSqliteStore({ file: at.database, now: Date.now, random: (n) => new Uint8Array(n) });
  await store.close();
  chmodSync(at.folder, 0o700);
  const client = new Database(at.database);
  onTestFinished(() => void client.close());
  fillRuns(client, 100);
  return { at, client };
};

const byHand: [string, string, string][] = [
  [
    "a run in no state",
    "UPDATE runs SET state = 'flying' WHERE seq = 3",
    "1 run in a state that there is none of",
  ],
  [
    "a step in no state",
    "UPDATE steps SET state = 'flying' WHERE rowid < 4",
    "3 steps in a state that there is none of",
  ],
  [
    "runs without steps",
    "DELETE FROM steps WHERE run_id IN (SELECT id FROM runs WHERE seq < 3)",
    "2 runs without one step",
  ],
  [
    "steps of no run",
    "PRAGMA foreign_keys = OFF; DELETE FROM runs WHERE seq = 2",
    "2 rows of its table steps that belong to rows of runs which are not there",
  ],
  [
    "a step under way in a completed run",
    "UPDATE steps SET state = 'running' WHERE run_id = (SELECT id FROM runs WHERE state = 'completed') AND position = 1",
    "1 step under way in runs that are completed",
  ],
  [
    "an event too many",
    "UPDATE events SET n = 2 WHERE run_id = (SELECT id FROM runs WHERE seq = 1)",
    "1 event numbered beyond",
  ],
  [
    "a lock that nobody lets go",
    "UPDATE runs SET lock_held = 'bot' WHERE seq = 13",
    "1 run that ended and still keep",
  ],
  [
    "an export of no run",
    "UPDATE exports SET status = 'processing', owner_run_id = 'gone' WHERE seq = 4",
    "1 export being prepared by runs that are not there, such as gone",
  ],
  [
    "a file of two exports",
    "UPDATE exports SET file_path = 'a.csv' WHERE seq IN (4, 8)",
    "1 file that several exports call theirs, such as a.csv",
  ],
  [
    "a number that is not true",
    "UPDATE run_counts SET n = n + 1 WHERE state = 'failed' AND workflow_id = 'flow-1'",
    "runs failed of flow-1",
  ],
  [
    "a row that is no JSON",
    "UPDATE events SET data = '{' WHERE run_id = (SELECT id FROM runs WHERE seq = 1)",
    "one row of its table events cannot be read (data)",
  ],
  [
    "a status of no export",
    "UPDATE exports SET status = 'lost' WHERE seq = 4",
    "1 export in a state that there is none of",
  ],
];

test.each(byHand)("check tells %s, and nothing of data as a server leaves them", async (_, sql, words) => {
  const { at, client } = await someRuns();
  expect((await look(at)).faults).toEqual([]);
  client.exec(sql);
  expect((await look(at)).faults.join("\n")).toContain(words);
});

test("runs that are counted wrong are counted anew by compact", async () => {
  const { at, client } = await someRuns();
  client.exec("UPDATE run_counts SET n = 7; DELETE FROM run_counts WHERE workflow_id = 'flow-2'");
  client.close();
  expect((await look(at)).faults).toEqual([expect.stringContaining("count anew: milepost compact")]);
  await compact(at);
  expect((await look(at)).faults).toEqual([]);
});

test("a file that no export names is told, and is no fault", async () => {
  const { at, client } = await someRuns();
  client.exec("UPDATE exports SET file_path = 'botify/known.csv' WHERE seq = 1");
  mkdirSync(join(at.exports, "botify"), { recursive: true });
  writeFileSync(join(at.exports, "botify/known.csv"), "a");
  expect((await look(at)).remarks).toEqual([]);
  writeFileSync(join(at.exports, "botify/unknown.csv"), "a");
  const { faults, remarks } = await look(at);
  expect(faults).toEqual([]);
  expect(remarks).toEqual([expect.stringContaining(`1 file in ${at.exports} that no export names, such as`)]);
});
