import { expect, test } from "vitest";
import type { PastStep } from "#core/store.ts";
import { learn } from "#core/time-left/learn.ts";
import { memoryOf } from "#core/time-left/memory.ts";
import { timeLeft } from "#core/time-left/time-left.ts";
import { aStep } from "../a-step.ts";

const second = 1_000;
const none = new Map<string, number>();

/** Runs of one step, newest first. */
const past = (...took: readonly number[]): PastStep[] =>
  took.map((activeMs, run) => ({
    runId: `r${run}`,
    stepId: "a",
    activeMs,
    quietMs: 0,
    skipped: false,
    units: 0,
    foreknown: false,
    size: 0,
  }));
const told = (...took: readonly number[]) => timeLeft([aStep("a")], learn(past(...took)), none).run;

test("of two kinds of runs in turn the next is told as its kind, and no wider than its kind is", () => {
  const [cold, warm] = [
    [300, 310, 290, 305, 295],
    [30, 31, 29, 30.5, 29.5],
  ];
  const inTurn = cold.flatMap((ms, i) => [ms * second, (warm[i] ?? 0) * second]);
  const next = told(...inTurn);
  expect(next?.p50Ms).toBeGreaterThan(25 * second);
  expect(next?.p50Ms).toBeLessThan(36 * second);
  expect(next?.p90Ms).toBeLessThan(60 * second);
  const after = told(30 * second, ...inTurn);
  expect(after?.p50Ms).toBeGreaterThan(250 * second);
  expect(after?.p50Ms).toBeLessThan(350 * second);
});

test("two runs that happened to be unlike are no turns", () => {
  const three = told(30 * second, 300 * second, 30 * second);
  expect(three?.p90Ms).toBeGreaterThan(100 * second);
  // As many of each, in no order: none is ruled out.
  const kinds = [30, 300, 300, 30, 300, 30, 30, 30, 300, 300, 30, 300].map((one) => one * second);
  const { p10Ms = 0, p90Ms = 0 } = told(...kinds) ?? {};
  expect(p10Ms).toBeLessThan(60 * second);
  expect(p90Ms).toBeGreaterThan(200 * second);
});

test("every past run counts, whatever memory fits best", () => {
  const alternating = memoryOf([1, 5, 1, 5, 1, 5, 1, 5]);
  for (const one of [...alternating.weights, ...alternating.turns]) expect(one).toBeGreaterThan(0);
  expect(alternating.turns[1]).toBeGreaterThan(10 * (alternating.turns[0] ?? 1));
  const alike = memoryOf([1, 1.1, 0.9, 1, 1.05, 0.95, 1, 1.02]);
  expect(Math.max(...alike.turns) / Math.min(...alike.turns)).toBeLessThan(1.6);
});

test("a run that has outlasted all before is told no narrow time: how long it still takes none of them tells", () => {
  const model = learn(past(...[100, 105, 95, 100, 102, 98, 110].map((one) => one * second)));
  for (const spent of [115, 130, 160, 300]) {
    const step = aStep("a", { state: "running" });
    const { run } = timeLeft([step], model, new Map([["a", spent * second]]));
    expect((run?.p90Ms ?? 0) / (run?.p10Ms ?? 1), `after ${spent} s`).toBeGreaterThan(3);
  }
});
