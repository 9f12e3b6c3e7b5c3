import { held } from "./held.ts";
import { faded, type LogDuration, predictive, type Summary, summarize, toLog } from "./log-duration.ts";
import { memoryOf } from "./memory.ts";
import type { PastRun, TookStep } from "./past-run.ts";
import { quantile } from "./quantile.ts";
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
  /** It counts, and how many there are turned out only while it did. */
  open: boolean;
  /** How many it counts in half of the runs; 0 where it does not count. */
  usualUnits: number;
  /** What one took of what it counts, in the same way; null where it does not count, or that foretells it no better. */
  perUnit: Rate | null;
  /** The same of what its run had to do. */
  perSize: Rate | null;
}

/** How long one of many takes. */
export interface Rate extends LogDuration {
  /** How many there usually are. */
  usual: number;
  /** What it takes before the first. */
  headMs: number;
  /** How unsure it is that twice as many take twice as long: the variance of the power of their number with which time goes. */
  powerVariance: number;
}

/** Time goes with the number of what there is to do to the power of one, give or take a quarter. */
const usualPowerVariance = 0.25 ** 2;

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
  /** By which factor each past run counts more or less than its age makes it: runs may be of two kinds in turn. */
  turns: readonly number[];
  tuning: Tuning;
}

/** Before a workflow has a past, durations are taken to vary by about 40 %: worth one observation. */
const usualVariance = 0.16;
/** What two runs have in common is seen in long memory: half as much for a run this many runs older. */
const longHalfLife = 36;

/** Learns from past runs, newest first; there must be one. */
export const lawsOf = (past: readonly PastRun[], tuning: Tuning = chosen): Laws => {
  const totals = past.map((run) => toLog(run.totalMs));
  const { weights: memory, turns } = memoryOf(totals);
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
  const rate = (of: Rated | null) => (of === null ? null : { ...predictive(of.logs, pooled), ...of.rest });
  for (const [id, { logs, units, sizes, ...one }] of seen) {
    const variance = 0.5 * one.variance + 0.5 * meanVariance + 1e-4;
    const rates = { perUnit: rate(units), perSize: rate(sizes) };
    steps.set(id, { ...one, ...predictive(logs, pooled), variance, ...rates });
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
    turns,
    tuning,
  };
};

/** A step as past runs show it, before anything is concluded. */
interface Seen extends Omit<StepModel, keyof LogDuration | "perUnit" | "perSize"> {
  logs: Summary;
  units: Rated | null;
  sizes: Rated | null;
}

interface Rated {
  logs: Summary;
  rest: Omit<Rate, keyof LogDuration>;
}

interface Aged extends TookStep {
  age: number;
  size: number;
}

const seenSteps = (past: readonly PastRun[], memory: readonly number[]): Map<string, Seen> => {
  const byStep = new Map<string, Aged[]>();
  for (const [age, { steps, size }] of past.entries()) {
    for (const [id, one] of steps) {
      const ones = byStep.get(id);
      if (ones === undefined) byStep.set(id, [{ ...one, age, size }]);
      else ones.push({ ...one, age, size });
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
    units: ratedBy(done, memory, ({ units, headMs }) => ({ many: units, headMs })),
    sizes: ratedBy(done, memory, ({ size }) => ({ many: size, headMs: 0 })),
    open: 2 * done.filter(({ units, foreknown }) => units > 0 && !foreknown).length > done.length,
    usualUnits: middle(done.map(({ units }) => units)),
    meanMs: done.reduce((sum, one) => sum + one.ms, 0) / done.length,
    skipChance: weights(skipped) / weights(ones),
    skipMs: skipped.reduce((sum, one) => sum + one.ms, 0) / Math.max(1, skipped.length),
    pastMs: done.map((one) => one.ms).sort((a, b) => a - b),
    quietMs: Math.max(...done.map((one) => one.quietMs)),
    variance: long.squares / long.weight,
  };
};

const middle = (values: number[]): number =>
  quantile(
    values.sort((a, b) => a - b),
    0.5,
  );

/** What one took, where most runs knew how many there were and that foretells the time at least as well as the past alone. */
const ratedBy = (
  done: readonly Aged[],
  memory: readonly number[],
  of: (one: Aged) => { many: number; headMs: number },
): Rated | null => {
  const counted = done.map((one) => ({ ...one, ...of(one) })).filter(({ many }) => many > 0);
  if (counted.length === 0 || 2 * counted.length < done.length) return null;
  const summed = (value: (one: (typeof counted)[number]) => number) =>
    summarize(held(counted.map((one) => ({ value: value(one), weight: memory[one.age] ?? 0 }))));
  const logs = summed(({ ms, headMs, many }) => Math.log(Math.max(1, ms - headMs) / many));
  const whole = summed(({ headMs, many, log }) => log - toLog(headMs + many * Math.exp(logs.mean)));
  if (whole.squares > summed(({ log }) => log).squares) return null;
  // Runs of other sizes that took as long as theirs made them show that it does (a regression through what is expected).
  const shown = summed(({ many }) => Math.log(many)).squares / Math.max(1e-4, logs.squares / logs.weight);
  return {
    logs,
    rest: {
      usual: middle(counted.map(({ many }) => many)),
      headMs: middle(counted.map(({ headMs }) => headMs)),
      powerVariance: 1 / (1 / usualPowerVariance + shown),
    },
  };
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
