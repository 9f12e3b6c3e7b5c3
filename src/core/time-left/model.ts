import { held } from "./held.ts";
import { faded, type LogDuration, predictive, type Summary, summarize, toLog } from "./log-duration.ts";
import { memoryOf } from "./memory.ts";
import type { PastRun, TookStep } from "./past-run.ts";
import { chosen, type Tuning } from "./tuning.ts";

/** What past runs teach about one step. */
export interface StepModel extends LogDuration {
  /** How often it had nothing to do, 0..1, and how long finding that out took. */
  skipChance: number;
  skipMs: number;
  /** What it took when it had something to do, ascending. */
  pastMs: readonly number[];
  /** The longest that it ever was silent while running. */
  quietMs: number;
  /** The logarithm's own variance in the long run: how far apart two runs may be and still be alike. */
  variance: number;
  meanMs: number;
  /** What one unit took of what it counts, in the same way; null where it does not count, or that foretells it no better. */
  perUnit: LogDuration | null;
}

/** The laws of a workflow's durations, as its past runs show them. */
export interface Laws {
  past: readonly PastRun[];
  steps: ReadonlyMap<string, StepModel>;
  /** A whole run, active time only. */
  total: LogDuration;
  /** What whole runs took, ascending. */
  pastTotalMs: readonly number[];
  /** How much of a step's variance is the run's own: "today everything takes longer". */
  runVariance: number;
  tuning: Tuning;
}

/** Before a workflow has a past, durations are taken to vary by about 40 %: worth one observation. */
const usualVariance = 0.16;
/** What two runs have in common is seen in long memory: half as much for a run this many runs older. */
const longHalfLife = 36;

/** Learns from past runs, newest first; there must be one. */
export const lawsOf = (past: readonly PastRun[], tuning: Tuning = chosen): Laws => {
  const totals = past.map((run) => toLog(run.totalMs));
  const memory = memoryOf(totals);
  const seen = seenSteps(past, memory);
  const all = [...seen.values()].reduce((sum, one) => sum + one.meanMs, 0);
  const shareOf = ({ meanMs }: Seen) => (all === 0 ? 1 / seen.size : meanMs / all);
  const sum = (of: (one: Seen) => number) => [...seen.values()].reduce((sofar, one) => sofar + of(one), 0);
  const concentration = sum((one) => shareOf(one) ** 2);
  // Each of the steps that matter is an observation of its own of how far durations scatter here.
  const many = 1 / concentration;
  const pooled =
    (usualVariance + many * sum((one) => shareOf(one) * one.logs.squares)) /
    (1 + many * sum((one) => shareOf(one) * one.logs.freedom));
  const runVariance = varianceOfRuns(past, seen, shareOf, pooled, concentration, memory);
  const meanVariance = sum((one) => shareOf(one) * one.variance);
  const steps = new Map<string, StepModel>();
  for (const [id, { logs, unitLogs, ...one }] of seen) {
    const variance = 0.5 * one.variance + 0.5 * meanVariance + 1e-4;
    const perUnit = unitLogs === null ? null : predictive(unitLogs, pooled);
    steps.set(id, { ...one, ...predictive(logs, pooled), variance, perUnit });
  }
  return {
    past,
    steps,
    total: predictive(
      summarize(held(totals.map((value, age) => ({ value, weight: memory[age] ?? 0 })))),
      runVariance + (pooled - runVariance) * concentration,
    ),
    pastTotalMs: past.map((run) => run.totalMs).sort((a, b) => a - b),
    runVariance,
    tuning,
  };
};

/** A step as past runs show it, before anything is concluded. */
interface Seen extends Omit<StepModel, keyof LogDuration | "perUnit"> {
  logs: Summary;
  unitLogs: Summary | null;
}

interface Aged extends TookStep {
  age: number;
}

const seenSteps = (past: readonly PastRun[], memory: readonly number[]): Map<string, Seen> => {
  const byStep = new Map<string, Aged[]>();
  for (const [age, { steps }] of past.entries()) {
    for (const [id, one] of steps) {
      const ones = byStep.get(id);
      if (ones === undefined) byStep.set(id, [{ ...one, age }]);
      else ones.push({ ...one, age });
    }
  }
  return new Map([...byStep].map(([id, ones]) => [id, seenStep(ones, memory)]));
};

const seenStep = (ones: readonly Aged[], memory: readonly number[]): Seen => {
  // A step that was always skipped has the time it took to find that out as its usual one.
  const always = ones.every((one) => one.skipped);
  const done = always ? ones : ones.filter((one) => !one.skipped);
  const skipped = always ? [] : ones.filter((one) => one.skipped);
  const weights = (some: readonly Aged[]) => some.reduce((sum, { age }) => sum + (memory[age] ?? 0), 0);
  const long = summarize(done.map(({ log, age }) => ({ value: log, weight: faded(age, longHalfLife) })));
  const logs = summarize(held(done.map(({ log, age }) => ({ value: log, weight: memory[age] ?? 0 }))));
  return {
    logs,
    unitLogs: unitLogsOf(done, memory, logs),
    meanMs: done.reduce((sum, one) => sum + one.ms, 0) / done.length,
    skipChance: weights(skipped) / weights(ones),
    skipMs: skipped.reduce((sum, one) => sum + one.ms, 0) / Math.max(1, skipped.length),
    pastMs: done.map((one) => one.ms).sort((a, b) => a - b),
    quietMs: Math.max(...done.map((one) => one.quietMs)),
    variance: long.squares / long.weight,
  };
};

/** What one unit took, where every run counted and units foretell the time at least as well as its own past does. */
const unitLogsOf = (done: readonly Aged[], memory: readonly number[], whole: Summary): Summary | null => {
  if (done.some((one) => one.units <= 0)) return null;
  const logs = done.map(({ ms, units, age }) => ({
    value: Math.log(Math.max(1, ms) / units),
    weight: memory[age] ?? 0,
  }));
  const perUnit = summarize(held(logs));
  return perUnit.squares <= whole.squares ? perUnit : null;
};

/**
 * The variance that the steps of one run have in common, by moments: the mean residual of a run varies by it in full, and by the
 * steps' own variance only as far as steps do not even it out. Nothing is concluded when one step is nearly all of a run.
 */
const varianceOfRuns = (
  past: readonly PastRun[],
  seen: ReadonlyMap<string, Seen>,
  shareOf: (one: Seen) => number,
  pooled: number,
  concentration: number,
  memory: readonly number[],
): number => {
  if (concentration > 0.8 || past.length < 3) return 0;
  const residuals = past.map(({ steps }, age) => {
    let sum = 0;
    for (const [id, { log, skipped }] of steps) {
      const one = seen.get(id);
      if (one !== undefined && !skipped) sum += shareOf(one) * (log - one.logs.mean);
    }
    return { value: sum, weight: memory[age] ?? 0 };
  });
  const { squares, freedom } = summarize(residuals);
  const common = (squares / freedom - pooled * concentration) / (1 - concentration);
  const trust = past.length / (past.length + 4);
  return trust * Math.min(0.8 * pooled, Math.max(0, common));
};
