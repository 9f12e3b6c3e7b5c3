import fc from "fast-check";
import { expect, test } from "vitest";
import { leftOfWaves, leftOnSlots } from "#core/time-left/on-slots.ts";

test("what is left is scheduled onto the slots, the longest first, and waves come one after the other", () => {
  expect(leftOnSlots([], 3)).toBe(0);
  expect(leftOnSlots([5, 4, 3, 3, 3], 2)).toBe(10);
  expect(leftOnSlots([7, 1, 1, 1], 4)).toBe(7);
  expect(leftOfWaves([[4], [3, 3, 3, 3]], 2)).toBe(10);
});

test("it is never less than the longest or the sum over the slots, and at most the longest more than that sum", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { minLength: 1 }), fc.integer({ min: 1, max: 20 }), (all, slots) => {
      const left = leftOnSlots(all, slots);
      const share = all.reduce((sum, ms) => sum + ms, 0) / slots;
      const longest = Math.max(...all);
      expect(left).toBeGreaterThanOrEqual(Math.max(longest, share) - 1e-9);
      expect(left).toBeLessThanOrEqual(share + longest + 1e-9);
    }),
  );
});
