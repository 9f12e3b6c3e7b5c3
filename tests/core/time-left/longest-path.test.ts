import { expect, test } from "vitest";
import { type ListLeft, longestPath } from "#core/time-left/longest-path.ts";

const minute = 60_000;
const about = (ms: number, times = 1.01) => ({ p10Ms: ms / times, p50Ms: ms, p90Ms: ms * times });
const left = (list: Partial<ListLeft>) =>
  longestPath({ underWay: [], waves: [], each: about(minute), slots: 5, ...list });
const minutes = (list: Partial<ListLeft>) => left(list).p50Ms / minute;

test("a list takes as many rounds as its slots make of it, and a wave waits for the one before", () => {
  expect(minutes({ waves: [10] })).toBeCloseTo(2, 1);
  expect(minutes({ waves: [10], slots: 3 })).toBeCloseTo(4, 1);
  expect(minutes({ waves: [1, 9] })).toBeCloseTo(3, 1);
  expect(minutes({ waves: [1], underWay: [about(3 * minute)] })).toBeCloseTo(3, 1);
  // Held back by a wave that is still under way.
  expect(minutes({ waves: [0, 1], underWay: [about(3 * minute)] })).toBeCloseTo(4, 1);
  expect(left({})).toEqual({ p10Ms: 0, p50Ms: 0, p90Ms: 0 });
});

test("one item that takes long is the longest path, however many are done", () => {
  const underWay = [about(30 * minute), about(minute)];
  expect(minutes({ underWay, waves: [3], slots: 2 })).toBeCloseTo(30, 0);
  expect(minutes({ underWay: [about(30 * minute)] })).toBeCloseTo(30, 0);
});

test("of many at once the slowest counts, so the middle of all lies above the middle of one", () => {
  expect(minutes({ waves: [20], slots: 20, each: about(minute, 2) })).toBeGreaterThan(1.5);
  const { p10Ms, p50Ms, p90Ms } = left({ waves: [20], each: about(minute, 2) });
  expect(p10Ms).toBeLessThan(p50Ms);
  expect(p50Ms).toBeLessThan(p90Ms);
  expect(p90Ms).toBeLessThan(2.5 * p10Ms);
});

test("thousands are told as played through, and fewer slots than are at work is no fault", () => {
  expect(minutes({ waves: [5_000], slots: 10 }) / 500).toBeCloseTo(1, 1);
  expect(minutes({ waves: [200], slots: 10, each: about(minute, 1.5) }) / 20).toBeLessThan(1.3);
  expect(minutes({ waves: [2], slots: 1, underWay: [about(minute), about(2 * minute)] })).toBeCloseTo(4, 1);
});
