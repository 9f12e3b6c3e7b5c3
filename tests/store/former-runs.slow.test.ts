import { randomBytes } from "node:crypto";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { bringUpToDate } from "#store/sqlite/migrations.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { flow, openWorld, realClock, stepOf } from "../engine/world.ts";
import { folderAsItWas, journal } from "./former-schema.ts";
import { freshFolder } from "./fresh-folder.ts";

const hour = 3_600_000;
const now = Date.now();

type Row = Record<string, string | number | null>;

/** Writes a row with those of its values for which there was a column then. */
const insert = (client: Database.Database, table: string, row: Row): void => {
  const known = new Set(
    client.prepare<[string], string>("SELECT name FROM pragma_table_info(?)").pluck().all(table),
  );
  const names = Object.keys(row).filter((name) => known.has(name));
  client
    .prepare(
      `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join()}) VALUES (${names.map(() => "?").join()})`,
    )
    .run(...names.map((name) => row[name] ?? null));
};

let accepted = 0;
const runRow = (id: string, over: Row): Row => ({
  id,
  seq: ++accepted,
  number: accepted,
  workflow_id: "flow",
  title: "A flow",
  subject: "subject",
  input: "{}",
  values: "{}",
  version: 3,
  last_event: 1,
  last_log: 0,
  epoch: 4,
  wake_at: now - 1_000,
  created_at: now - 5 * hour,
  created_by: "Ada",
  started_at: now - 5 * hour,
  changed_at: now - 2 * hour,
  percent_floor: 0,
  mode: "automatic",
  ...over,
});
const stepRow = (runId: string, position: number, id: string, kind: string, over: Row): Row => ({
  run_id: runId,
  id,
  position,
  kind,
  title: id,
  state: "pending",
  attempt: 0,
  active_ms: 0,
  quiet_ms: 0,
  substeps: "[]",
  weight_ms: 1_000,
  undoable: 0,
  ...over,
});

const done = { state: "completed", attempt: 1, result: "1", undoable: 1 };

/** Runs as servers of before left them: one waits since long ago, one was at work, one goes back through what it made. */
const leaveRuns = (client: Database.Database): void => {
  const write = (id: string, run: Row, make: Row, job: Row, save: Row = {}): void => {
    insert(client, "runs", runRow(id, run));
    insert(client, "steps", stepRow(id, 0, "make", "do", make));
    insert(client, "steps", stepRow(id, 1, "job", "wait", job));
    insert(client, "steps", stepRow(id, 2, "save", "do", save));
    insert(client, "events", {
      run_id: id,
      n: 1,
      at: now - 5 * hour,
      type: "run.created",
      data: '{"by":"Ada"}',
    });
  };
  const wait = { for: "look", word: "PROCESSING", since: now - 5 * hour, nextAt: now - 2 * hour, looks: 300 };
  const waiting = { state: "waiting", attempt: 1, started_at: now - 5 * hour, waiting: JSON.stringify(wait) };
  write("waits", { state: "waiting" }, done, waiting);
  write(
    "works",
    { state: "running", claimed_by: "dead", claimed_until: now - hour },
    { ...done, state: "running", result: null },
    {},
  );
  write("undoes", { state: "undoing" }, done, { ...done, undoable: 0 }, { ...done, undoable: 0 });
  write("paused", { state: "paused", paused_from: "waiting", wake_at: null }, done, waiting);
};

test.each(journal.entries.map(({ tag }, index) => ({ tag, many: index + 1 })))(
  "runs that a server with the schema $tag left under way go on: nothing is made twice, no wait is over at its first look",
  async ({ many }) => {
    const file = join(freshFolder(), "m.sqlite");
    const client = new Database(file);
    bringUpToDate(client, folderAsItWas(many));
    leaveRuns(client);
    client.close();

    const store = await openSqliteStore({ file, now: realClock.now, random: (n) => randomBytes(n) });
    const made: string[] = [];
    const undone: string[] = [];
    let ready = false;
    const world = await openWorld(
      [
        flow()
          .do("make", "make", {
            run: async ({ runId }) => void made.push(runId),
            undo: async ({ runId }) => void undone.push(runId),
          })
          .wait("job", "job", {
            everyMs: 5,
            maxEveryMs: 5,
            timeoutMs: 6 * hour,
            look: async () => (ready ? { done: "ready" } : { waiting: "PROCESSING" }),
          })
          .do("save", "save", { run: async () => null })
          .hands(() => ({ sentence: "Done." })),
      ],
      { store },
    );
    await world.when("waits", ({ steps }) => (steps[1]?.waiting?.looks ?? 0) >= 303);
    expect((await world.run("waits")).run.state).toBe("waiting");
    expect(stepOf(await world.run("waits"), "job").activeMs).toBeLessThan(4 * hour);

    await world.until("undoes", "undone");
    expect(undone).toEqual(["undoes"]);

    // Nobody claimed that making it once more is harmless, so a person is asked.
    await world.until("works", "asking");
    expect(made).toEqual([]);
    await world.engine.answer("works", "make", { decision: "again" }, "Ada");

    await world.engine.resume("paused", "Ada");
    ready = true;
    for (const id of ["waits", "works", "paused"]) await world.until(id, "completed");
    expect(made).toEqual(["works"]);
    const events = await store.events("waits", 0, 10_000);
    expect(events.map(({ n }) => n)).toEqual(events.map((_, index) => index + 1));
    await world.close();
  },
);
