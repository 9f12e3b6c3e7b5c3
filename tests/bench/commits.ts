import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { type Figure, figureOf, inTurns } from "./figure.ts";

const commits = 1_000;

/** A recorded change of a run (one step, one event, the run's new version) beside the same three writes by bare better-sqlite3. */
export const benchCommits = async (): Promise<Figure> => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-bench-"));
  try {
    const store = await openSqliteStore({
      file: join(folder, "ours.sqlite"),
      now: Date.now,
      random: (n) => randomBytes(n),
    });
    const step = { id: "a", kind: "do", title: "A", weightMs: 1, skippable: null, undoable: false } as const;
    const run = {
      id: "r",
      workflowId: "w",
      title: "W",
      subject: "",
      mode: "automatic" as const,
      input: {},
      values: {},
      secrets: null,
      lock: null,
      createdAt: 0,
      createdBy: "",
      wakeAt: 0,
    };
    await store.createRun(run, [step], []);
    const ours = async () => {
      for (let i = 0; i < commits; i++) {
        await store.change("r", i, () => ({
          steps: [{ id: "a", patch: { detail: `at ${i}` } }],
          events: [{ type: "step.look", stepId: "a", word: "BUSY", looks: i, nextAt: i }],
        }));
      }
    };
    const raw = new Database(join(folder, "raw.sqlite"));
    raw.pragma("journal_mode = WAL");
    raw.pragma("synchronous = FULL");
    raw.exec("CREATE TABLE runs (id TEXT PRIMARY KEY, version INTEGER); INSERT INTO runs VALUES ('r', 0)");
    raw.exec("CREATE TABLE steps (id TEXT PRIMARY KEY, detail TEXT); INSERT INTO steps VALUES ('a', '')");
    raw.exec("CREATE TABLE events (n INTEGER PRIMARY KEY, data TEXT)");
    const setRun = raw.prepare("UPDATE runs SET version = version + 1 WHERE id = 'r'");
    const setStep = raw.prepare("UPDATE steps SET detail = ? WHERE id = 'a'");
    const addEvent = raw.prepare("INSERT INTO events (data) VALUES (?)");
    const once = raw.transaction((i: number) => {
      setRun.run();
      setStep.run(`at ${i}`);
      addEvent.run(JSON.stringify({ word: "BUSY", looks: i, nextAt: i }));
    }).immediate;
    const reference = async () => {
      for (let i = 0; i < commits; i++) once(i);
    };
    const took = await inTurns(ours, reference, 7);
    raw.close();
    await store.close();
    const about = {
      what: "Record a change of a run: decide, step, event and version in one durable commit",
      unit: "commits/s",
      than: "bare better-sqlite3, the same writes",
      more: "better",
    } as const;
    return figureOf(about, took, (ms) => (commits * 1000) / ms);
  } finally {
    await rm(folder, { recursive: true });
  }
};
