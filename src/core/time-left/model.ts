import type { PastStep } from "#core/store.ts";
import type { PastEstimate } from "./estimate.ts";
import { type LogDuration, predictive, type Summary, summarize, toLog, weightOf } from "./log-duration.ts";
import { shareBelow } from "./quantile.ts";

/** What past runs teach about one step. */
export interface StepModel extends LogDuration {
  /** How often it had nothing to do, 0..1, and how long finding that out took. */
  skipChance: number;
  skipMs: number;
  /** What it took when it had something to do, ascending. */
  pastMs: readonly number[];
  /** The longest that it ever was silent while running. */
  quietMs: number;
}

/** What the past runs of a workflow teach; made once whenever one of them has completed. */
export interface Model {
  runs: number;
  steps: ReadonlyMap<string, StepModel>;
  /** A whole run, active time only. */
  total: LogDuration;
  /** What whole runs took, ascending. */
  pastTotalMs: readonly number[];
  /** How much of a step's variance is the run's own: "today everything takes longer". */
  runVariance: number;
  /** Where in the distributions foretold the truth came to lie, 0..1. */
  hits: readonly { quarter: number; below: number }[];
}

/** Before a workflow has a past, durations are taken to vary by about 40 %: worth one observation. */
const usualVariance = 0.16;

/** Learns from past runs, newest first; null when there are none. */
export const learn = (past: readonly PastStep[], estimates: readonly PastEstimate[]): Model | null => {
  const byRun = [...Map.groupBy(past, (one) => one.runId).values()];
  if (byRun.length === 0) return null;
  const totals = byRun.map((steps) => steps.reduce((sum, one) => sum + one.activeMs, 0));
  const seen = seenSteps(byRun);
  const all = [...seen.values()].reduce((sum, one) => sum + one.meanMs, 0);
  const shareOf = ({ meanMs }: Seen) => (all === 0 ? 1 / seen.size : meanMs / all);
  const sum = (of: (one: Seen) => number) => [...seen.values()].reduce((sofar, one) => sofar + of(one), 0);
  const pooled =
    (usualVariance + sum((one) => shareOf(one) * one.logs.squares)) /
    (1 + sum((one) => shareOf(one) * one.logs.freedom));
  const concentration = sum((one) => shareOf(one) ** 2);
  const runVariance = varianceOfRuns(byRun, seen, shareOf, pooled, concentration);
  const steps = new Map<string, StepModel>();
  for (const [id, one] of seen) {
    const { skipChance, skipMs, pastMs, quietMs } = one;
    steps.set(id, { ...predictive(one.logs, pooled), skipChance, skipMs, pastMs, quietMs });
  }
  return {
    runs: byRun.length,
    steps,
    total: predictive(
      summarize(totals.map((ms, age) => ({ value: toLog(ms), weight: weightOf(age) }))),
      runVariance + (pooled - runVariance) * concentration,
    ),
    pastTotalMs: totals.toSorted((a, b) => a - b),
    runVariance,
    hits: hitsOf(byRun, totals, estimates),
  };
};

/** A step as past runs show it, before anything is concluded. */
interface Seen extends Pick<StepModel, "skipChance" | "skipMs" | "pastMs" | "quietMs"> {
  logs: Summary;
  meanMs: number;
}

const seenSteps = (byRun: readonly (readonly PastStep[])[]): Map<string, Seen> => {
  const aged = byRun.flatMap((steps, age) => steps.map((one) => ({ ...one, weight: weightOf(age) })));
  const seen = new Map<string, Seen>();
  for (const [id, ones] of Map.groupBy(aged, (one) => one.stepId)) {
    // A step that was always skipped has the time it took to find that out as its usual one.
    const always = ones.every((one) => one.skipped);
    const done = always ? ones : ones.filter((one) => !one.skipped);
    const skipped = always ? [] : ones.filter((one) => one.skipped);
    const weights = ones.reduce((sum, one) => sum + one.weight, 0);
    const skippedWeights = skipped.reduce((sum, one) => sum + one.weight, 0);
    seen.set(id, {
      logs: summarize(done.map(({ activeMs, weight }) => ({ value: toLog(activeMs), weight }))),
      meanMs: done.reduce((sum, one) => sum + one.activeMs, 0) / done.length,
      skipChance: skippedWeights / weights,
      skipMs: skipped.reduce((sum, one) => sum + one.activeMs, 0) / Math.max(1, skipped.length),
      pastMs: done.map((one) => one.activeMs).sort((a, b) => a - b),
      quietMs: Math.max(...done.map((one) => one.quietMs)),
    });
  }
  return seen;
};

/**
 * The variance that the steps of one run have in common, by moments: the mean residual of a run varies by it in full, and by the
 * steps' own variance only as far as steps do not even it out. Nothing is concluded when one step is nearly all of a run.
 */
const varianceOfRuns = (
  byRun: readonly (readonly PastStep[])[],
  seen: ReadonlyMap<string, Seen>,
  shareOf: (one: Seen) => number,
  pooled: number,
  concentration: number,
): number => {
  if (concentration > 0.8 || byRun.length < 3) return 0;
  const residuals = byRun.map((steps, age) => {
    let sum = 0;
    for (const { stepId, activeMs, skipped } of steps) {
      const one = seen.get(stepId);
      if (one !== undefined && !skipped) sum += shareOf(one) * (toLog(activeMs) - one.logs.mean);
    }
    return { value: sum, weight: weightOf(age) };
  });
  const { squares, freedom } = summarize(residuals);
  const common = (squares / freedom - pooled * concentration) / (1 - concentration);
  const trust = byRun.length / (byRun.length + 4);
  return trust * Math.min(0.8 * pooled, Math.max(0, common));
};

const hitsOf = (
  byRun: readonly (readonly PastStep[])[],
  totals: readonly number[],
  estimates: readonly PastEstimate[],
): Model["hits"] => {
  const totalOf = new Map(byRun.map((steps, index) => [steps[0]?.runId, totals[index] ?? 0]));
  return estimates.flatMap(({ runId, quarter, spentMs, raw }) => {
    const total = totalOf.get(runId);
    return total === undefined ? [] : [{ quarter, below: shareBelow(raw, total - spentMs) }];
  });
};
