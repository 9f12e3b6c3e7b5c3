import fc from "fast-check";
import { expect, test } from "vitest";
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
});
