import { describe, expect, test } from "vitest";
import { coverage, pinball, simulate } from "./simulated.ts";
import { worlds } from "./worlds.ts";

const told = Object.entries(worlds).map(([name, world], index) => ({
  name,
  told: simulate(world, 200, 1_001 + index),
}));

describe.each(told)("over 200 runs of $name", ({ told }) => {
  test("four of five intervals hold what came", () => {
    expect(coverage(told)).toBeGreaterThanOrEqual(0.72);
    expect(coverage(told)).toBeLessThanOrEqual(0.88);
  });

  test("they are better than the plain mean of past runs, by pinball loss", () => {
    const own = pinball(told, ({ left }) => [left.p10Ms, left.p50Ms, left.p90Ms]);
    const mean = pinball(told, ({ meanMs }) => [meanMs, meanMs, meanMs]);
    expect(own).toBeLessThan(mean);
  });
});
