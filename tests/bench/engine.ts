import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { noOps, runThrough, stepsOfNoOps } from "../engine/no-ops.ts";
import { openWorld, type World } from "../engine/world.ts";
import { type Figure, figureOf } from "./figure.ts";

const workers = 10;
const rounds = 40;
const runsAtOnce = 120;
/** What a server that has just started does slowly it does fast after so many runs: by then what it does often is compiled. */
const runsBefore = 150;
/** Until then each commit makes the log longer, which the disk takes nearly twice as long to keep; ours has had its by then. */
const commitsBefore = 1_500;

/** What the engine itself costs: runs of steps that do nothing, beside bare commits of three small writes on the same disk. */
export const benchEngine = async (): Promise<Figure[]> => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-bench-"));
  const bare = bareCommits(join(folder, "raw.sqlite"));
  const store = await openSqliteStore({
    file: join(folder, "ours.sqlite"),
    now: Date.now,
    random: (n) => randomBytes(n),
  });
  let began = () => {};
  const workflows = [noOps(() => began()), noOps(() => began(), { readsOnly: true })];
  const world = await openWorld(workflows, { store, overrides: { concurrency: workers } });
  try {
    for (let n = 0; n < commitsBefore; n++) bare.commit();
    for (let n = 0; n < runsBefore; n++) await runThrough(world, 1);
    const once = await oneAtATime(world, bare.commit, (hear) => {
      began = hear;
    });
    began = () => {};
    const many = await manyAtOnce(world, bare.commit);
    for (let n = 0; n < runsBefore; n++) await runThrough(world, 1, "reading");
    const onceReading = await oneAtATime(
      world,
      bare.commit,
      (hear) => {
        began = hear;
      },
      "reading",
    );
    began = () => {};
    const reading = await manyAtOnce(world, bare.commit, "reading");
    return [
      figureOf(
        {
          what: "A change of a run, from its decision to whoever hears of it (p50)",
          unit: "ms",
          than: "a bare commit",
          more: "worse",
        },
        { ours: once.change, reference: once.bare },
      ),
      figureOf(
        {
          what: "From the request until the first step begins (p50)",
          unit: "ms",
          than: "a bare commit",
          more: "worse",
        },
        { ours: once.start, reference: once.bare },
      ),
      figureOf(
        {
          what: "The same where the step may be done again without asking (p50)",
          unit: "ms",
          than: "a bare commit",
          more: "worse",
        },
        { ours: onceReading.start, reference: onceReading.bare },
      ),
      figureOf(
        {
          what: `Steps of ${workers} runs at a time that do nothing, two commits each`,
          unit: "steps/s",
          than: "bare commits",
          more: "better",
        },
        many,
      ),
      figureOf(
        {
          what: "The same where steps may be done again without asking, one commit each",
          unit: "steps/s",
          than: "bare commits",
          more: "better",
        },
        reading,
      ),
    ];
  } finally {
    await world.close();
    bare.close();
    await rm(folder, { recursive: true });
  }
};

/** The three small writes that a change consists of, without anything around them. */
export const bareCommits = (file: string) => {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec("CREATE TABLE runs (id TEXT PRIMARY KEY, version INTEGER); INSERT INTO runs VALUES ('r', 0)");
  db.exec("CREATE TABLE steps (id TEXT PRIMARY KEY, detail TEXT); INSERT INTO steps VALUES ('a', '')");
  db.exec("CREATE TABLE events (n INTEGER PRIMARY KEY, data TEXT)");
  const setRun = db.prepare("UPDATE runs SET version = version + 1 WHERE id = 'r'");
  const setStep = db.prepare("UPDATE steps SET detail = ? WHERE id = 'a'");
  const addEvent = db.prepare("INSERT INTO events (data) VALUES (?)");
  let made = 0;
  const commit = db.transaction(() => {
    made++;
    setRun.run();
    setStep.run(`at ${made}`);
    addEvent.run(JSON.stringify({ word: "BUSY", looks: made, nextAt: made }));
  }).immediate;
  return { commit: () => void commit(), close: () => void db.close() };
};

/** One run after the other, bare commits in between. */
const oneAtATime = async (
  world: World,
  commit: () => void,
  onBegan: (hear: () => void) => void,
  workflowId?: string,
) => {
  const times = { bare: [] as number[], change: [] as number[], start: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (let n = 0; n < stepsOfNoOps; n++) times.bare.push(elapsed(commit));
    const asked = performance.now();
    let last = 0;
    onBegan(() => times.start.push(performance.now() - asked));
    const stop = world.engine.listen(() => {
      const now = performance.now();
      if (last > 0) times.change.push(now - last);
      last = now;
    });
    await runThrough(world, 1, workflowId);
    stop();
  }
  return times;
};

const manyAtOnce = async (world: World, commit: () => void, workflowId?: string) => {
  const perSecond = { ours: [] as number[], reference: [] as number[] };
  for (let round = 0; round < 5; round++) {
    const bareMs = elapsed(() => {
      for (let n = 0; n < 500; n++) commit();
    });
    perSecond.reference.push(500_000 / bareMs);
    const begun = performance.now();
    await runThrough(world, runsAtOnce, workflowId);
    perSecond.ours.push((runsAtOnce * stepsOfNoOps * 1_000) / (performance.now() - begun));
  }
  return perSecond;
};

const elapsed = (work: () => void): number => {
  const begun = performance.now();
  work();
  return performance.now() - begun;
};
