import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { Clock } from "#core/clock.ts";
import { keptApp } from "#core/kept-app.ts";
import { type Keep, keepsAll } from "#core/retention.ts";
import type { Store } from "#core/store.ts";
import type { Engine } from "#engine/engine.ts";
import { createStorage } from "#retention/storage.ts";
import { openWorld, silent } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { freshFolder } from "../store/fresh-folder.ts";
import { newStore } from "../store/new-store.ts";
import { anExport, bring, change, newRun } from "../store/samples.ts";

const dayMs = 86_400_000;
const line = { stepId: "fetch", attempt: 1, level: "info", text: "line" } as const;

/** A clock that stands until it is told to go on; what is due then is called. */
const aClock = () => {
  let now = Date.UTC(2026, 2, 1, 12);
  const waiting = new Set<{ at: number; call: () => void }>();
  const clock: Clock = {
    now: () => now,
    after: (ms, call) => {
      const one = { at: now + ms, call };
      waiting.add(one);
      return () => waiting.delete(one);
    },
  };
  const pass = (ms: number) => {
    now += ms;
    for (const one of [...waiting]) if (one.at <= now && waiting.delete(one)) one.call();
  };
  return { ...clock, pass };
};

let store: Store;
let engine: Engine;
let clock: ReturnType<typeof aClock>;
let folder: string;
beforeEach(async () => {
  store = await newStore();
  clock = aClock();
  folder = freshFolder();
  const world = await openWorld([], { store, overrides: { clock } });
  engine = world.engine;
  onTestFinished(() => world.close());
});

const aStorage = (
  runs: Pick<Engine, "remove" | "trim"> = engine,
  usual: Keep = keepsAll,
  others: { handOver?(): void } = {},
) =>
  createStorage({
    ...others,
    store,
    runs,
    at: { folder, exports: join(folder, "exports"), logs: join(folder, "logs"), apps: join(folder, "apps") },
    forgetApps: () => {},
    leastBytes: 0,
    usual: { hour: 3, usual },
    clock,
    log: silent,
  });

/** No worker takes it up. */
const under = (startedDaysAgo: number, workflowId = "flow") =>
  newRun(store, clock, { workflowId, createdAt: clock.now() - startedDaysAgo * dayMs, wakeAt: null });
const over = async (workflowId = "flow", endedDaysAgo = 0) => {
  const id = await under(endedDaysAgo, workflowId);
  await change(store, id, { events: [], logs: [line, line] });
  await bring(store, id, "completed", { endedAt: clock.now() - endedDaysAgo * dayMs });
  return id;
};
const there = async (ids: readonly string[]) => {
  const found = await Promise.all(ids.map((id) => store.run(id)));
  return ids.filter((_, place) => found[place] !== null);
};
const logOf = async (id: string) => (await store.logs(id, { after: null, limit: 10 })).length;
const cleaned = async (storage: ReturnType<typeof aStorage>) => {
  await expect.poll(async () => (await storage.cleanings(1))[0]?.endedAt ?? null).not.toBeNull();
  return (await storage.cleanings(1))[0];
};

test("what is kept for ever is never touched", async () => {
  const ids = [await over("flow", 3_000), await over("other", 1)];
  const storage = aStorage();
  expect(await storage.plan()).toMatchObject({ workflows: [], files: 0 });
  expect(await storage.nextAt()).toBeNull();
  await storage.clean(ada);
  expect(await cleaned(storage)).toMatchObject({ removed: [], files: 0, problem: null, by: ada.name });
  expect(await there(ids)).toEqual(ids);
  for (const id of ids) expect(await logOf(id)).toBe(2);
});

test("a cleaning takes what its rules say and nothing else, says so beforehand and afterwards, and stands in the audit", async () => {
  const asking = await under(90);
  const [old, kept, logOld] = [await over("flow", 40), await over("flow", 39), await over("flow", 10)];
  await engine.finalize(kept, "Ada");
  const [tooMany, young, newest] = [await over("few", 2), await over("flow", 2), await over("few", 1)];
  const storage = aStorage();
  await storage.keep(null, { ...keepsAll, days: 30, logDays: 7 }, ada);
  await storage.keep("few", { ...keepsAll, runs: 1 }, ada);
  const plan = await storage.plan();
  expect(plan.workflows).toMatchObject([
    { workflowId: "few", runs: 1, logs: 0 },
    { workflowId: "flow", runs: 1, logs: 1 },
  ]);
  for (const { bytes } of plan.workflows) expect(bytes).toBeGreaterThan(0);
  expect(await there([old, tooMany])).toHaveLength(2);

  await storage.clean(ada);
  await expect(storage.clean(ada)).rejects.toMatchObject({ code: "not-allowed-now" });
  const done = await cleaned(storage);
  expect(done?.removed.map(({ workflowId, runs, logs }) => ({ workflowId, runs, logs }))).toEqual(
    plan.workflows.map(({ workflowId, runs, logs }) => ({ workflowId, runs, logs })),
  );
  const all = [old, kept, asking, logOld, young, tooMany, newest];
  expect(await there(all)).toEqual([kept, asking, logOld, young, newest]);
  expect(await Promise.all([kept, logOld, young, newest].map(logOf))).toEqual([2, 0, 2, 2]);
  expect((await store.run(logOld))?.run.trimmedDays).toBe(7);
  const deeds = async () =>
    (await store.accounts.audits(9)).map(({ by, did, target }) => `${by.name} ${did}: ${target}`);
  // The audit has it right after its end.
  await expect.poll(deeds).toContain(`${ada.name} cleaned up: 2 runs, 1 log`);
  expect(await deeds()).toContain(
    `${ada.name} said how long runs are kept: few: at most the newest 1 of a workflow`,
  );
  expect(await storage.plan()).toMatchObject({ workflows: [] });
  // Numbers of runs that are gone are not given again.
  expect((await store.run(await under(0, "few")))?.run.number).toBe(3);
});

test("exports go with their run only where the rule says so, and the runs' pages hear of it", async () => {
  const told: string[] = [];
  engine.listen(
    ({ run, deleted }) => void told.push(`${run.id} ${deleted === true ? "deleted" : run.trimmedDays}`),
  );
  const ids = [await over("flow", 40), await over("other", 40), await over("flow", 8)];
  for (const [n, id] of ids.entries()) {
    const { row } = await store.exports.reserve(anExport({ queryHash: String(n) }), id, null);
    await store.exports.update(row.id, id, { status: "ready", filePath: `a/${n}.csv`, sizeBytes: 1_000 });
  }
  const storage = aStorage();
  await storage.keep(null, { days: 30, runs: null, logDays: 7, exports: false }, ada);
  await storage.keep("flow", { days: 30, runs: null, logDays: 7, exports: true }, ada);
  await storage.clean(ada);
  expect((await cleaned(storage))?.removed).toMatchObject([
    { workflowId: "flow", runs: 1, logs: 1, exports: 1, bytes: 1_000 },
    { workflowId: "other", runs: 1, exports: 0, bytes: 0 },
  ]);
  expect((await store.exports.list({ limit: 9 })).rows.map(({ filePath }) => filePath).sort()).toEqual([
    "a/1.csv",
    "a/2.csv",
  ]);
  expect(told.sort()).toEqual([`${ids[0]} deleted`, `${ids[1]} deleted`, `${ids[2]} 7`].sort());
});

test("wherever a cleaning is killed, the next start goes on with it, and the figures of its row are right", async () => {
  const runs = 3;
  for (let deathAt = 1; deathAt <= 2 * runs; deathAt++) {
    const ids = await Promise.all(Array.from({ length: runs }, () => over(`flow-${deathAt}`, 40)));
    const logs = await Promise.all(Array.from({ length: runs }, () => over(`flow-${deathAt}`, 10)));
    let calls = 0;
    // From then on nothing is ever answered, as of a process that is gone.
    const never = new Promise<never>(() => {});
    const dying: Pick<Engine, "remove" | "trim"> = {
      remove: async (...given) => {
        const done = await engine.remove(...given);
        return ++calls >= deathAt ? never : done;
      },
      trim: async (id, rule) => {
        // In the middle of it: marked, and nothing more.
        if (++calls >= deathAt)
          await store.removal.trim(id, { at: clock.now(), what: "log", ...rule, days: null }, 0);
        return calls >= deathAt ? never : engine.trim(id, rule);
      },
    };
    const dead = aStorage(dying, { ...keepsAll, days: 30, logDays: 7 });
    await dead.clean(ada);
    await expect.poll(() => calls).toBe(deathAt);
    const after = aStorage(engine, { ...keepsAll, days: 30, logDays: 7 });
    await after.open();
    const done = await cleaned(after);
    await after.close();
    expect([deathAt, done?.removed, done?.by]).toMatchObject([
      deathAt,
      [{ workflowId: `flow-${deathAt}`, runs, logs: runs }],
      ada.name,
    ]);
    expect(await there([...ids, ...logs])).toEqual(logs);
    for (const id of logs) expect([await logOf(id), (await store.run(id))?.run.trimmedDays]).toEqual([0, 7]);
    await engine.remove(logs, "Ada", { exports: false });
  }
});

test("of several processes the one on duty cleans, wherever that was asked for, and one cleaning at a time", async () => {
  const ids = [await over(), await over()];
  const onDuty = aStorage();
  await onDuty.open();
  onTestFinished(() => onDuty.close());
  await onDuty.keep(null, { ...keepsAll, runs: 1 }, ada);
  let word = false;
  const other = aStorage(engine, keepsAll, {
    handOver: () => {
      word = true;
    },
  });
  await other.clean(ada);
  expect(word).toBe(true);
  await expect(onDuty.clean(ada)).rejects.toMatchObject({ code: "not-allowed-now" });
  await expect(other.clean(ada)).rejects.toMatchObject({ code: "not-allowed-now" });
  // A process that ends now has taken nothing with it.
  await other.close();
  expect(await there(ids)).toEqual(ids);
  onDuty.look();
  expect(await cleaned(onDuty)).toMatchObject({ by: ada.name, removed: [{ runs: 1 }], problem: null });
  expect(await there(ids)).toEqual(ids.slice(1));
});

test("what was asked for is cleaned within a minute where the word of it got lost", async () => {
  const ids = [await over(), await over()];
  const onDuty = aStorage();
  await onDuty.open();
  onTestFinished(() => onDuty.close());
  await onDuty.keep(null, { ...keepsAll, runs: 1 }, ada);
  await aStorage(engine, keepsAll, { handOver: () => {} }).clean(ada);
  clock.pass(60_000);
  await cleaned(onDuty);
  expect(await there(ids)).toEqual(ids.slice(1));
});

test("a night's cleaning begins once, at its hour, after its rule was said, and is made up for when it was missed", async () => {
  const storage = aStorage();
  await storage.open();
  const old = await over("flow", 40);
  const cleanings = async () => (await storage.cleanings(9)).length;
  const passHours = async (hours: number) => {
    for (let minute = 0; minute < hours * 60; minute += 10) {
      clock.pass(600_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const at = new Date(clock.now());
  await passHours(26);
  expect(await cleanings()).toBe(0);
  await storage.keep(null, { ...keepsAll, days: 30 }, ada);
  await storage.cleanAt((at.getHours() + 4) % 24, ada);
  await passHours(1);
  expect(await cleanings()).toBe(0);
  await passHours(4);
  expect(await cleanings()).toBe(1);
  expect(await cleaned(storage)).toMatchObject({ by: "Milepost", problem: null });
  expect(await there([old])).toEqual([]);
  await passHours(20);
  expect(await cleanings()).toBe(1);
  await passHours(5);
  expect(await cleanings()).toBe(2);
  await storage.close();
  // Nobody was there for two nights.
  clock.pass(50 * 3_600_000);
  const later = aStorage();
  await later.open();
  await passHours(1);
  expect(await cleanings()).toBe(3);
  await later.close();
});

test("files that nothing refers to go after a week, with the folders that are empty then; all others stay", async () => {
  const put = (path: string, ageDays: number) => {
    const file = join(folder, path);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, "12345");
    utimesSync(file, 0, (clock.now() - ageDays * dayMs) / 1_000);
  };
  const run = await over();
  const { row } = await store.exports.reserve(anExport(), run, null);
  await store.exports.update(row.id, run, { status: "ready", filePath: "a/kept.csv" });
  for (const path of [
    "exports/a/kept.csv",
    "exports/a/left.csv",
    "exports/b/c/left.csv",
    `logs/${run}/1.txt`,
    "logs/gone/1.txt",
    "apps/.shop.part/app.sqlite",
    "apps/shop/app.sqlite",
    "key",
  ])
    put(path, 8);
  put("exports/a/young.csv", 6);
  // An app that was removed is kept for 30 days, however old its files are.
  const [gone, kept] = [31, 29].map((days) =>
    keptApp.name({ slug: "old", removedAt: clock.now() - days * dayMs }),
  );
  put(`apps/${gone}/app.sqlite`, 0);
  put(`apps/${kept}/app.sqlite`, 99);
  const storage = aStorage();
  expect(await storage.plan()).toMatchObject({ files: 5, fileBytes: 25 });
  await storage.clean(ada);
  expect(await cleaned(storage)).toMatchObject({ files: 5, fileBytes: 25, problem: null });
  expect((await readdir(folder, { recursive: true })).sort()).toEqual(
    [
      "apps",
      "apps/shop",
      "apps/shop/app.sqlite",
      `apps/${kept}`,
      `apps/${kept}/app.sqlite`,
      "exports",
      "exports/a",
      "exports/a/kept.csv",
      "exports/a/young.csv",
      "key",
      "logs",
      `logs/${run}`,
      `logs/${run}/1.txt`,
    ].sort(),
  );
  const use = await storage.use();
  expect(use.bytes).toMatchObject({ exports: 10, logs: 5, apps: 10, other: 5, database: 0 });
});

test("what goes wrong ends a cleaning with a sentence, and the next one may begin", async () => {
  await over("flow", 40);
  const broken = { ...engine, remove: () => Promise.reject(new Error("/secret/path is gone")) };
  const storage = aStorage(broken, { ...keepsAll, days: 30 });
  await storage.clean(ada);
  expect((await cleaned(storage))?.problem).toBe("Something went wrong, and the server's log says what.");
  await storage.clean(ada);
  expect((await storage.cleanings(9)).length).toBe(2);
  await cleaned(storage);
});

test("what the server is started with holds from its first night on, also where the machine is off every night", async () => {
  const keep = { ...keepsAll, days: 30 };
  const old = await over("flow", 40);
  const aDay = async (usual: Keep) => {
    const storage = aStorage(engine, usual);
    await storage.open();
    clock.pass(600_000);
    await expect.poll(async () => (await storage.retention()).usual).toEqual(usual);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const begun = (await storage.cleanings(9)).length;
    await storage.close();
    clock.pass(dayMs - 600_000);
    return begun;
  };
  expect(await aDay(keepsAll)).toBe(0);
  // On the first day with it, it is only said.
  expect(await aDay(keep)).toBe(0);
  expect(await aDay(keep)).toBe(1);
  expect(await there([old])).toEqual([]);
});
