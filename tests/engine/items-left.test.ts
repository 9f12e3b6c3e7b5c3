import { expect, test } from "vitest";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { item } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { flow, openWorld, realClock } from "./world.ts";

const second = 1_000;

test("a list of items is told by its longest path: what is left of those at work, and rounds of what past items took", async () => {
  let at = 1_700_000_000_000;
  const clock: Clock = { now: () => at, after: realClock.after };
  let go: (() => void)[] = [];
  let isHeld = false;
  const one = workflow("one", "One host", "For tests.", item<{ name: string }>())
    .do("work", "Work", {
      safeBecause: "It is counted.",
      run: async () => {
        if (isHeld) await new Promise<void>((resolve) => go.push(resolve));
        at += 60 * second;
      },
    })
    .hands(() => ({ sentence: "Done." }));
  let many = 4;
  let atOnce = 1;
  const list = flow()
    .each("hosts", "On each host", {
      flow: one,
      atOnce: () => atOnce,
      of: () => Array.from({ length: many }, (_, n) => ({ key: `web${n}`, input: { name: `web${n}` } })),
    })
    .hands(() => ({ sentence: "Done." }));
  const world = await openWorld([list], { overrides: { clock } });
  await world.until(await world.start(), "completed");
  isHeld = true;
  many = 6;
  atOnce = 2;
  const id = await world.start();
  await expect.poll(() => go.length).toBe(2);
  const leftOf = async () => {
    const { steps, timeLeft } = await world.engine.picture(id);
    return { step: (steps[0]?.timeLeft?.p50Ms ?? 0) / second, run: (timeLeft?.p50Ms ?? 0) / second };
  };
  // Three rounds of two.
  await expect.poll(async () => (await leftOf()).step).toBeGreaterThan(170);
  expect((await leftOf()).step).toBeLessThan(230);
  const { step, run } = await leftOf();
  expect(Math.abs(run / step - 1)).toBeLessThan(0.15);
  const rows = (await world.engine.picture(id)).steps[0]?.items?.rows ?? [];
  const left = rows.filter(({ timeLeft }) => timeLeft !== null);
  expect(left.map(({ state }) => state)).toEqual(["running", "running"]);
  for (const { timeLeft } of left) expect((timeLeft?.p50Ms ?? 0) / second).toBeCloseTo(60, -1);
  at += 4 * second;
  const later = await leftOf();
  expect(step - later.step).toBeCloseTo(4, 0);
  isHeld = false;
  for (const release of go.splice(0)) release();
  go = [];
  await world.until(id, "completed");
  await world.close();
});

test("while one of the servers cannot be reached nobody is told how long it still takes, and when it is there again they are", async () => {
  let at = 1_700_000_000_000;
  const passing: Clock = {
    now: () => at,
    after: (ms, call) =>
      realClock.after(Math.min(ms, 5), () => {
        at += ms;
        call();
      }),
  };
  let away = "";
  let isHeld = false;
  const one = workflow("one", "One host", "For tests.", item<{ name: string }>())
    .wait("job", "Job", {
      everyMs: second,
      maxEveryMs: second,
      timeoutMs: 24 * 3_600 * second,
      look: async ({ input }) => {
        if (input.name === away) throw new AppError("unreachable", "It does not answer.");
        return isHeld ? { waiting: "at work" } : { done: "it" };
      },
    })
    .hands(() => ({ sentence: "Done." }));
  const list = flow()
    .each("hosts", "On each host", {
      flow: one,
      of: () => ["a", "b"].map((name) => ({ key: name, input: { name } })),
    })
    .hands(() => ({ sentence: "Done." }));
  const world = await openWorld([list], { overrides: { clock: passing } });
  await world.until(await world.start(), "completed");
  const left = async (id: string) => {
    const { steps, timeLeft } = await world.engine.picture(id);
    const rows = steps[0]?.items?.rows ?? [];
    return [timeLeft, steps[0]?.timeLeft ?? null, ...rows.map((row) => row.timeLeft)].map(
      (one) => one !== null,
    );
  };
  isHeld = true;
  const id = await world.start();
  await expect.poll(() => left(id)).toEqual([true, true, true, true]);
  away = "b";
  await expect.poll(() => left(id)).toEqual([false, false, true, false]);
  const { percent } = await world.engine.picture(id);
  at += 60 * second;
  expect((await world.engine.picture(id)).percent).toBe(percent);
  away = "";
  await expect.poll(() => left(id)).toEqual([true, true, true, true]);
  isHeld = false;
  await world.until(id, "completed");
  await world.close();
});
