import { expect, test } from "vitest";
import { calibrated, inOrder } from "#core/time-left/calibration.ts";
import { toLog } from "#core/time-left/log-duration.ts";
import { normalQuantile } from "#core/time-left/student.ts";

const minute = 60_000;
/** A guess of ten minutes, off by a fifth as a rule. */
const guess = { middle: toLog(10 * minute), spread: 0.2, share: 0.5, sized: false };
const told = (zs: readonly number[], share = 0.5) =>
  calibrated(guess, inOrder(zs.map((z) => ({ z, share, sized: false, age: 0 }))));
const many = (of: (i: number) => number) => Array.from({ length: 200 }, (_, i) => of(i));
const normal = (i: number) => normalQuantile((i + 0.5) / 200);
const width = ({ p10Ms, p90Ms }: { p10Ms: number; p90Ms: number }) => Math.log(p90Ms / p10Ms);
const usual = 2.563 * 0.2;

test("without a past, and with one that was right, the guess is told with its own spread", () => {
  for (const one of [told([]), told(many(normal))]) {
    expect(Math.abs(one.p50Ms / (10 * minute) - 1)).toBeLessThan(0.02);
    expect(Math.abs(width(one) / usual - 1)).toBeLessThan(0.2);
  }
});

test("what was told too narrow becomes wider, too wide narrower, too early later", () => {
  expect(width(told(many((i) => 3 * normal(i))))).toBeGreaterThan(2.4 * usual);
  expect(width(told(many((i) => normal(i) / 3)))).toBeLessThan(0.5 * usual);
  expect(told(many((i) => 1 + normal(i))).p50Ms).toBeGreaterThan(11.5 * minute);
});

test("a single past moment moves little", () => {
  expect(Math.abs(told([5]).p50Ms / (10 * minute) - 1)).toBeLessThan(0.1);
});

test("moments at another share of a run do not count", () => {
  expect(
    told(
      many(() => 4),
      0,
    ).p50Ms,
  ).toBeLessThan(10.5 * minute);
});

test("a shift at the start is not believed while it may be chance", () => {
  const early = { ...guess, share: 0 };
  const repeated = [-1, 0, 1, 2, -0.5, 0.5, 1.5, 0];
  const shifted = (by: number) =>
    calibrated(
      early,
      inOrder(repeated.flatMap((z) => [z, z, z]).map((z) => ({ z: z + by, share: 0, sized: false, age: 0 }))),
    ).p50Ms;
  expect(shifted(-0.5)).toBe(calibrated(early, inOrder([])).p50Ms);
  expect(shifted(8)).toBeGreaterThan(10.5 * minute);
});
