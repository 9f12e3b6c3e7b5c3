import { expect, test } from "vitest";
import { brokenPromise } from "#core/time-left/broken.ts";

const second = 1_000;
const told = { tenth: 0, at: 0, runs: 1, p10Ms: 0, p50Ms: second, p90Ms: 2 * second };

test("a run that began before there was a past is held to what it was told of its rest, not to that alone", () => {
  const late = [{ ...told, spentMs: 9 * second }];
  expect(brokenPromise(late, 10 * second)).toBeNull();
  expect(brokenPromise(late, 13 * second)).toEqual({
    p10Ms: 9 * second,
    p90Ms: 11 * second,
    tookMs: 13 * second,
  });
  expect(brokenPromise([{ ...told, spentMs: 0 }], 10 * second)).not.toBeNull();
});
