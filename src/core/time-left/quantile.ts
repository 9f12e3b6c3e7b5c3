import type { Weighed } from "./held.ts";

/** Linear interpolation between order statistics (type 7 of Hyndman & Fan, 1996). `sorted` must not be empty. */
export const quantile = (sorted: readonly number[], q: number): number => {
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
};

/** The same of weighed values, ascending: each stands in the middle of its weight (the midpoint rule). 0 of none. */
export const weighedQuantile = (sorted: readonly Weighed[], q: number): number => {
  const all = sorted.reduce((sum, one) => sum + one.weight, 0);
  let below = 0;
  let before: { p: number; value: number } | null = null;
  for (const { value, weight } of sorted) {
    const p = (below + weight / 2) / all;
    if (p >= q) {
      if (before === null || p === before.p) return value;
      return before.value + ((value - before.value) * (q - before.p)) / (p - before.p);
    }
    before = { p, value };
    below += weight;
  }
  return before?.value ?? 0;
};
