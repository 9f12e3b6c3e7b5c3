import { type Estimate, wholeTold } from "./estimate.ts";

/** What was told at the start of a run that took another time. Milliseconds of active time. */
export interface Broken {
  p10Ms: number;
  p90Ms: number;
  tookMs: number;
}

/** Less than this beyond its ends breaks no promise that anybody would hold one to. */
const leastMs = 1_000;

/** What a completed run of so much active time was told at its start, where that did not hold; null where it did or nothing was told. */
export const brokenPromise = (told: readonly Estimate[], tookMs: number): Broken | null => {
  const first = told.find(({ tenth }) => tenth === 0);
  if (first === undefined) return null;
  const { p10Ms, p90Ms } = wholeTold(first);
  return tookMs > p90Ms + leastMs || tookMs < p10Ms - leastMs ? { p10Ms, p90Ms, tookMs } : null;
};
