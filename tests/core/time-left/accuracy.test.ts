import { expect, test } from "vitest";
import { accuracyOf } from "#core/time-left/accuracy.ts";

const run = (runId: string, activeMs: number) => ({
  runId,
  stepId: "a",
  activeMs,
  quietMs: 0,
  skipped: false,
});
const told = (
  runId: string,
  quarter: number,
  spentMs: number,
  p10Ms: number,
  p50Ms: number,
  p90Ms: number,
) => ({
  runId,
  quarter,
  spentMs,
  p10Ms,
  p50Ms,
  p90Ms,
  at: 0,
  runs: 1,
  raw: [],
});

test("what was told is held against what came after it was told, each moment by itself", () => {
  const past = [run("new", 100), run("middle", 200), run("old", 100)];
  const fared = accuracyOf(past, [
    told("new", 0, 0, 80, 110, 130),
    told("new", 2, 60, 10, 20, 30),
    told("middle", 0, 0, 80, 100, 130),
    told("gone", 0, 0, 0, 0, 0),
  ]);
  expect(fared).toEqual([
    // Off by 10 of 100 and by 100 of 200; the mean of those before said 150 and 100.
    { quarter: 0, estimates: 2, held: 1, offShare: expect.closeTo(0.3), meanOffShare: 0.5 },
    // 40 came. The mean said 150 − 60.
    { quarter: 2, estimates: 1, held: 0, offShare: 0.2, meanOffShare: 0.5 },
  ]);
});

test("the first run has no mean to be compared with", () => {
  expect(accuracyOf([run("a", 100)], [told("a", 0, 0, 90, 100, 110)])).toEqual([
    { quarter: 0, estimates: 1, held: 1, offShare: 0, meanOffShare: null },
  ]);
});
