import type { Laws } from "./model.ts";
import type { Standing } from "./standing.ts";

/** By how much all steps of this run are slower than usual, as a logarithm. */
export interface RunEffect {
  shift: number;
  /** How uncertain the shift still is. */
  deviation: number;
  /** The part of every step's variance that the run itself makes up. */
  variance: number;
}

/**
 * What the finished steps tell of this run ("today everything takes 1.4 times as long"): the posterior of a normal effect common to
 * all steps, each residual weighed by its step's precision and held within two deviations, so that one odd step does not rule.
 */
export const runEffect = (done: Standing["done"], laws: Laws): RunEffect => {
  const variance = laws.runVariance;
  if (variance === 0) return { shift: 0, deviation: 0, variance: 0 };
  let precision = 1 / variance;
  let sum = 0;
  for (const { id, log, skipped } of done) {
    const past = laws.steps.get(id);
    if (past === undefined || skipped) continue;
    const most = 2 * Math.sqrt(past.scale2);
    const residual = Math.max(-most, Math.min(most, log - past.location));
    const own = Math.max(0.1 * past.scale2, past.scale2 - variance);
    precision += 1 / own;
    sum += residual / own;
  }
  return { shift: sum / precision, deviation: Math.sqrt(1 / precision), variance };
};
