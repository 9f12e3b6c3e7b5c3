import { afterEach, expect, test } from "vitest";
import { flow, openWorld, realClock, type World } from "./world.ts";

let world: World;
afterEach(() => world?.close());

const second = 1_000;
const handClock = () => {
  let at = 1_700_000_000_000;
  const pass = (ms: number) => {
    at += ms;
  };
  return { now: () => at, after: realClock.after, pass };
};

test("how much a run has to do is asked at its start and when a step has ended, kept, and learned from; what goes wrong there fails no run", async () => {
  const clock = handClock();
  const asked: unknown[] = [];
  const sized = flow("sized")
    .do("count", "Count", { run: async () => ({ rows: 50 }) })
    .do("save", "Save", { run: async () => clock.pass(50 * second) })
    .hands(() => ({ sentence: "Done." }), {
      size: (_input, { count }) => {
        asked.push(count);
        return count === undefined ? null : { count: count.rows, what: "rows" };
      },
    });
  const odd = flow("odd")
    .do("only", "Only", { run: async () => {} })
    .hands(() => ({ sentence: "Done." }), {
      size: () => {
        throw new Error("no idea");
      },
    });
  world = await openWorld([sized, odd], { overrides: { clock } });
  const id = await world.start({}, "sized");
  await world.until(id, "completed");
  expect(new Set(asked)).toEqual(new Set([undefined, { rows: 50 }]));
  expect(asked.at(-1)).toEqual({ rows: 50 });
  expect(asked).toHaveLength(3);
  expect((await world.store.run(id))?.run.size).toEqual({ count: 50, what: "rows" });
  expect((await world.store.past("sized", 9)).map((one) => [one.stepId, one.size])).toEqual([
    ["count", 50],
    ["save", 50],
  ]);
  const other = await world.start({}, "odd");
  await world.until(other, "completed");
});

test("the dry run tells how long it would take with what it finds to do, by what a row took before", async () => {
  const clock = handClock();
  let rows = 50;
  const counted = async () => ({ rows });
  const sized = flow()
    .do("count", "Count", { run: counted, plan: async () => ({ lines: [], result: await counted() }) })
    .do("save", "Save", { run: async ({ results }) => clock.pass(results.count.rows * second) })
    .hands(() => ({ sentence: "Done." }), {
      size: (_input, { count }) => (count === undefined ? null : { count: count.rows, what: "rows" }),
    });
  world = await openWorld([sized], { overrides: { clock } });
  expect((await world.engine.plan("flow", {})).takes).toBeNull();
  for (const many of [50, 20, 80]) {
    rows = many;
    await world.until(await world.start(), "completed");
  }
  rows = 5_000;
  const plan = await world.engine.plan("flow", {});
  for (const takes of [plan.takes, plan.steps[1]?.takes])
    expect(Math.abs((takes?.p50Ms ?? 0) / (5_000 * second) - 1)).toBeLessThan(0.1);
  expect(plan.takes?.because).toBe("There is more to do than usual: 5,000 rows, usually about 50.");
});
