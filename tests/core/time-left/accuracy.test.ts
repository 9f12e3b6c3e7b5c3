import { expect, test } from "vitest";
import { accuracyOf } from "#core/time-left/accuracy.ts";

const run = (runId: string, activeMs: number) => ({
  runId,
  stepId: "a",
  activeMs,
  quietMs: 0,
  skipped: false,
  units: 0,
  foreknown: false,
  size: 0,
});
const told = (
  runId: string,
  tenth: number,
  spentMs: number,
  p10Ms: number,
  p50Ms: number,
  p90Ms: number,
) => ({
  runId,
  tenth,
  spentMs,
  p10Ms,
  p50Ms,
  p90Ms,
  at: 0,
  runs: 1,
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
    {
      tenth: 0,
      estimates: 2,
      held: 1,
      widthShare: expect.closeTo(0.375),
      offShare: expect.closeTo(0.3),
      meanOffShare: 0.5,
    },
    // 40 came. The mean said 150 − 60.
    { tenth: 2, estimates: 1, held: 0, widthShare: 0.2, offShare: 0.2, meanOffShare: 0.5 },
  ]);
});

test("the first run has no mean to be compared with", () => {
  expect(accuracyOf([run("a", 100)], [told("a", 0, 0, 90, 100, 110)])).toEqual([
    { tenth: 0, estimates: 1, held: 1, widthShare: 0.2, offShare: 0, meanOffShare: null },
  ]);
});
