import fc from "fast-check";
import { expect, test } from "vitest";
import { isPercentKnown, median, percentOf } from "#core/progress.ts";
import { stepStates } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import { quantile } from "#core/time-left/quantile.ts";
import { aStep } from "./a-step.ts";

const anyStep = fc.record({
  kind: fc.constantFrom<Step["kind"]>("do", "wait", "ask"),
  state: fc.constantFrom(...stepStates),
  share: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  weightMs: fc.integer({ min: 0, max: 1e6 }),
});
const anySteps = fc
  .array(anyStep, { minLength: 1, maxLength: 20 })
  .map((all) => all.map((one, index) => aStep(`s${index}`, one)));

test("the percent stays between 0 and 100 and never falls below what was shown", () => {
  fc.assert(
    fc.property(anySteps, fc.integer({ min: 0, max: 99 }), (steps, floor) => {
      const percent = percentOf(steps, floor);
      expect(percent).toBeGreaterThanOrEqual(floor);
      expect(percent).toBeLessThanOrEqual(100);
    }),
  );
});

test("100 percent is shown exactly when nothing is left to do", () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const finished = steps.every((step) => step.state === "completed" || step.state === "skipped");
      expect(percentOf(steps, 0) === 100).toBe(finished);
    }),
  );
});

test("steps count by their author's guess, and questions do not count", () => {
  const steps = [
    aStep("a", { state: "completed", kind: "ask", weightMs: 99_999 }),
    aStep("b", { state: "completed", weightMs: 1_000 }),
    aStep("c", { state: "running", share: 0.5, weightMs: 9_000 }),
  ];
  expect(percentOf(steps, 0)).toBe(55);
});

test("the median is the middle, and quantiles stay within what was seen", () => {
  expect(median([])).toBeNull();
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, q) => {
        const sorted = [...values].sort((a, b) => a - b);
        const at = quantile(sorted, q);
        expect(at).toBeGreaterThanOrEqual(sorted[0] ?? 0);
        expect(at).toBeLessThanOrEqual(sorted.at(-1) ?? 0);
      },
    ),
  );
});

test("a percent is not called known while a step that cannot tell its share works without a past to go by", () => {
  const at = (
    share: number | null,
    percentFloor: number,
    state: "running" | "asking" | "paused" = "running",
    of: "waiting" | "asking" | "pending" = state === "asking" ? "asking" : "waiting",
  ) =>
    isPercentKnown({ state, percentFloor }, [
      aStep("begin", { state: "completed", weightMs: 500 }),
      aStep("crawl", { state: of, share, weightMs: 60_000 }),
    ]);
  expect(at(null, 0)).toBe(false);
  expect(at(0.4, 0)).toBe(true);
  // A past told more than the steps that are done.
  expect(at(null, 12)).toBe(true);
  expect(at(null, 0, "paused")).toBe(false);
});

test("beside a question a percent is told once work that counts was done, and never from answers or the past alone", () => {
  const known = (done: Partial<Step>, state: "asking" | "paused" = "asking") =>
    isPercentKnown(
      { state, percentFloor: 29 },
      [
        aStep("project", { kind: "ask", state: "completed", weightMs: 60_000 }),
        aStep("count", { weightMs: 20_000, ...done }),
        aStep("agree", { kind: "ask", state: state === "asking" ? "asking" : "pending" }),
        aStep("order", { weightMs: 60_000 }),
      ],
      true,
    );
  for (const state of ["asking", "paused"] as const) {
    expect([state, known({ state: "pending" }, state)]).toEqual([state, false]);
    expect([state, known({ state: "completed", weightMs: 100 }, state)]).toEqual([state, false]);
    expect([state, known({ state: "completed" }, state)]).toEqual([state, true]);
  }
});
