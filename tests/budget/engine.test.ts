import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Store } from "#core/store.ts";
import { openDatabase } from "#store/sqlite/driver.ts";
import { bringUpToDate, migrationsFolder } from "#store/sqlite/migrations.ts";
import { storeOn } from "#store/sqlite/open.ts";
import { noOps, runThrough, stepsOfNoOps } from "../engine/no-ops.ts";
import { openWorld, type World } from "../engine/world.ts";
import { freshFolder } from "../store/fresh-folder.ts";
import { newStore } from "../store/new-store.ts";
import { budget } from "./budget.ts";

/** With what the log itself says of each. */
const bytesOfPage = 4_096 + 24;

/** An engine over a database on the disk, with what that database does in the test's hands. */
const openOnDisk = async (
  began = () => {},
  kind: Parameters<typeof noOps>[1] = {},
): Promise<{
  world: World;
  commits(): number;
  bytes(): number;
  logBytes(): number;
}> => {
  const file = join(freshFolder(), "m.sqlite");
  const { client, db } = openDatabase(file);
  bringUpToDate(client, migrationsFolder);
  let commits = 0;
  const prepare = client.prepare.bind(client);
  client.prepare = ((sql: string) => {
    const statement = prepare(sql);
    if (sql !== "COMMIT") return statement;
    const run = statement.run.bind(statement);
    return Object.defineProperty(statement, "run", {
      value: () => {
        commits++;
        return run();
      },
    });
  }) as typeof client.prepare;
  const store = storeOn({ client, db, release: () => {} }, { now: Date.now, random: (n) => randomBytes(n) });
  const world = await openWorld([noOps(began, kind)], { store, overrides: { concurrency: 10 } });
  onTestFinished(() => world.close());
  // Truncated, the log has exactly what is written from then on.
  const emptyLog = () => client.pragma("wal_checkpoint(TRUNCATE)");
  emptyLog();
  return {
    world,
    commits: () => commits,
    bytes: () => {
      emptyLog();
      return statSync(file).size;
    },
    logBytes: () => statSync(`${file}-wal`).size,
  };
};

test.each([
  // The commit that hands the result over, and the first step's beginning where each begins with the end of another.
  { how: "two commits", readsOnly: false, ofSteps: stepsOfNoOps * budget.step.commits + 1 },
  {
    how: "one where it only reads",
    readsOnly: true,
    ofSteps: stepsOfNoOps * budget.step.commitsWhereRepeatable + 2,
  },
])(
  "a step that does nothing is $how, and a run besides is accepted, claimed and handed over",
  async ({ readsOnly, ofSteps }) => {
    let [changes, others] = [0, 0];
    const store = await newStore();
    const counting: Store = {
      ...store,
      change: (...given) => {
        changes++;
        return store.change(...given);
      },
      createRun: (...given) => {
        others++;
        return store.createRun(...given);
      },
      claim: async (...given) => {
        const claimed = await store.claim(...given);
        if (claimed !== null) others++;
        return claimed;
      },
    };
    const world = await openWorld([noOps(() => {}, { readsOnly })], { store: counting });
    onTestFinished(() => world.close());
    await runThrough(world, 1);
    expect(changes).toBe(ofSteps);
    expect(others).toBe(2);
  },
);

test.each([
  ["with the next its first step begins", {}, budget.start.commits],
  [
    "a first step that only reads begins in it, too",
    { readsOnly: true },
    budget.start.commitsWhereRepeatable,
  ],
])("a run is accepted and taken up by whoever is free in one commit, and %s", async (_, kind, most) => {
  let atBegin = 0;
  const began = () => {
    atBegin = commits();
  };
  const { world, commits } = await openOnDisk(began, kind);
  const costs: number[] = [];
  // A worker that looks for something to do at that very moment costs a commit too, but not each time.
  for (let run = 0; run < 9 && costs.at(-1) !== most; run++) {
    const asked = commits();
    await runThrough(world, 1);
    costs.push(atBegin - asked);
  }
  expect(Math.min(...costs)).toBe(most);
});

test("a change writes the page of the run, of the step and of the event, and no more", async () => {
  const { world, logBytes } = await openOnDisk();
  const sizes = [0];
  world.engine.listen(() => sizes.push(logBytes()));
  await runThrough(world, 1);
  const pages = sizes.slice(1).map((size, n) => Math.round((size - (sizes[n] ?? 0)) / bytesOfPage));
  // Now and then a page is full and becomes two.
  const usual = pages.toSorted((one, other) => one - other)[Math.floor(pages.length * 0.7)];
  expect(usual).toBeLessThanOrEqual(budget.change.logPages);
});

test("changes of runs that go on at the same time share the syncs of the disk", async () => {
  const { world, commits } = await openOnDisk();
  let changes = 0;
  world.engine.listen(() => changes++);
  const shares: number[] = [];
  const most = budget.change.syncsOfTenAtOnce;
  // A transaction takes in no more after a few milliseconds, which a busy machine spends on fewer changes.
  for (let round = 0; round < 5 && (shares.at(-1) ?? 1) > most; round++) {
    const before = { commits: commits(), changes };
    await runThrough(world, 40);
    shares.push((commits() - before.commits) / (changes - before.changes));
  }
  expect(Math.min(...shares)).toBeLessThanOrEqual(most);
});

test("what is kept of a run needs little room, and as much for the hundredth as for the first", async () => {
  const { world, bytes } = await openOnDisk();
  await runThrough(world, 10);
  const before = bytes();
  await runThrough(world, 30);
  expect((bytes() - before) / 30).toBeLessThanOrEqual(budget.run.bytesKept);
});
