import type { Model } from "./model.ts";

/** How many well-placed estimates the plain model counts as. */
const trust = 10;
/** An estimate made at another quarter of a run counts this much. */
const otherQuarter = 0.25;

/**
 * The probability at which the model must be asked so that a share `q` of the truths comes to lie below: the inverse of the
 * distribution of where past truths lay (their probability integral transform; Dawid 1984, Kuleshov et al. 2018), mixed with the
 * uniform that a right model would give. With few past estimates it is nearly `q` itself; never beyond 0.01 and 0.99.
 */
export const calibrated = (q: number, quarter: number, hits: Model["hits"]): number => {
  const weight = (of: number) => (of === quarter ? 1 : otherQuarter);
  const all = trust + hits.reduce((sum, hit) => sum + weight(hit.quarter), 0);
  const reached = (p: number) =>
    hits.reduce((sum, hit) => sum + (hit.below <= p ? weight(hit.quarter) : 0), trust * p) / all;
  let low = 0.01;
  let high = 0.99;
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (reached(middle) < q) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};
