import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { desc, eq, sql } from "drizzle-orm";
import { expect, it, onTestFinished } from "vitest";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { schema } from "#store/sqlite/schema.ts";
import { fillRuns } from "./fill.ts";
import { freshFolder } from "./fresh-folder.ts";
import { openInMemory } from "./in-memory.ts";
import { aStep, handClock, newRun } from "./samples.ts";

/** The least that it took of many times, so that nothing else that the machine does counts. */
const leastMs = (work: () => unknown): number => {
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 500; n++) {
    const began = performance.now();
    work();
    least = Math.min(least, performance.now() - began);
  }
  return least;
};

it("a prepared statement is not planned anew whenever it is asked", () => {
  const { client, db } = openInMemory();
  onTestFinished(() => void client.close());
  fillRuns(client, 200);
  const ours = db
    .select()
    .from(schema.runs)
    .where(eq(schema.runs.workflowId, sql.placeholder("id")))
    .orderBy(desc(schema.runs.seq))
    .limit(sql.placeholder("most"))
    .prepare();
  const asDrizzleWrites = ours.getQuery().sql;
  expect(asDrizzleWrites).toMatch(/ = \? .* limit \?$/);
  const plain = client.prepare(asDrizzleWrites).raw();
  // Its own bookkeeping included, ours takes a small part of what planning alone does.
  const ratio = leastMs(() => ours.all({ id: "none", most: 1 })) / leastMs(() => plain.all("none", 1));
  expect(ratio).toBeLessThan(0.5);
});

const bytesWritten = (): number => Number(/wchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);

it("nothing of a new run is written anywhere but into SQLite's log", async () => {
  const file = join(freshFolder(), "m.sqlite");
  const clock = handClock();
  const store = await openSqliteStore({ file, now: clock.now, random: (n) => randomBytes(n) });
  onTestFinished(() => store.close());
  const steps = Array.from({ length: 16 }, (_, n) => aStep(`s${n}`));
  const writeTwenty = async () => {
    for (let n = 0; n < 20; n++) await newRun(store, clock, {}, steps);
  };
  const logBytes = () => statSync(`${file}-wal`).size;
  await writeTwenty();
  const before = { written: bytesWritten(), log: logBytes() };
  await writeTwenty();
  const logged = logBytes() - before.log;
  expect(logged).toBeGreaterThan(100_000);
  expect((bytesWritten() - before.written) / logged).toBeLessThan(1.1);
});
