import { expect, test } from "vitest";
import { calibrated } from "#core/time-left/calibration.ts";

const hits = (...below: number[]) => below.map((one) => ({ quarter: 0, below: one }));
const evenly = Array.from({ length: 40 }, (_, i) => (i + 0.5) / 40);

test("without a past, and with one that was right, the model is asked for just what is wanted", () => {
  for (const q of [0.1, 0.5, 0.9]) {
    expect(calibrated(q, 0, [])).toBeCloseTo(q, 3);
    expect(Math.abs(calibrated(q, 0, hits(...evenly)) - q)).toBeLessThan(0.03);
  }
});

test("intervals that were too narrow become wider, those too wide narrower, those too early later", () => {
  const narrow = hits(...Array.from({ length: 40 }, (_, i) => i % 2));
  expect(calibrated(0.1, 0, narrow)).toBeLessThan(0.05);
  expect(calibrated(0.9, 0, narrow)).toBeGreaterThan(0.95);
  const wide = hits(...evenly.map((one) => 0.4 + one / 5));
  expect(calibrated(0.1, 0, wide)).toBeGreaterThan(0.2);
  expect(calibrated(0.9, 0, wide)).toBeLessThan(0.8);
  const early = hits(...evenly.map((one) => 0.5 + one / 2));
  expect(calibrated(0.5, 0, early)).toBeGreaterThan(0.6);
});

test("a single past estimate moves little, and nothing moves beyond a hundredth", () => {
  expect(Math.abs(calibrated(0.9, 0, hits(1)) - 0.9)).toBeLessThan(0.1);
  expect(calibrated(0.9, 0, hits(...Array.from({ length: 500 }, () => 1)))).toBeLessThanOrEqual(0.99);
});

test("estimates at the same quarter count more than those at others", () => {
  const late = Array.from({ length: 10 }, () => ({ quarter: 2, below: 0.9 }));
  expect(calibrated(0.5, 2, late)).toBeGreaterThan(calibrated(0.5, 0, late));
});
