import fc from "fast-check";
import { expect, test } from "vitest";
import { quantile, shareBelow } from "#core/time-left/quantile.ts";
import { normalQuantile, studentBelow, studentQuantile } from "#core/time-left/student.ts";

// From the tables of Abramowitz & Stegun (26.1 and 26.10).
test.each([
  [0.5, 0],
  [0.9, 1.28155],
  [0.975, 1.95996],
  [0.99, 2.32635],
])("the normal's quantile at %d is %d", (u, z) => {
  expect(normalQuantile(u)).toBeCloseTo(z, 2.9);
  expect(normalQuantile(1 - u)).toBeCloseTo(-z, 2.9);
});

test.each([
  [4, 0.9, 1.533],
  [4, 0.975, 2.776],
  [4, 0.99, 3.747],
  [8, 0.95, 1.86],
  [8, 0.99, 2.896],
  [30, 0.975, 2.042],
])("Student's t of %d degrees has its quantile %d at %d", (freedom, u, t) => {
  expect(Math.abs(studentQuantile(u, freedom) / t - 1)).toBeLessThan(0.02);
});

test("the share below a quantile is where it was taken", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.003, max: 0.997, noNaN: true }),
      fc.double({ min: 4, max: 50, noNaN: true }),
      (u, freedom) => {
        expect(studentBelow(studentQuantile(u, freedom), freedom)).toBeCloseTo(u, 4);
      },
    ),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 1e9 }), { minLength: 2 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (values, q) => {
        const sorted = values.toSorted((a, b) => a - b);
        expect(shareBelow(sorted, quantile(sorted, q))).toBeCloseTo(q, 6);
      },
    ),
  );
});

test("what lies outside all that was foretold is wholly below or wholly above", () => {
  expect(shareBelow([10, 20, 30], 9)).toBe(0);
  expect(shareBelow([10, 20, 30], 30)).toBe(1);
  expect(shareBelow([10, 20, 30], 31)).toBe(1);
});
