import { isStepDone } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import { because } from "./because.ts";
import { calibrated } from "./calibration.ts";
import type { Estimate, Interval, TimeLeft } from "./estimate.ts";
import { guessed } from "./log-duration.ts";
import type { Model } from "./model.ts";
import { quantile } from "./quantile.ts";
import { runEffect } from "./run-effect.ts";
import { counts, stepLeft } from "./step-left.ts";
import { strata } from "./strata.ts";
import { normalQuantile } from "./student.ts";

/** How many futures are drawn. */
const draws = 200;
/** How much the totals of past runs count at the start; nothing from half-way on. */
const totalsAtStart = 0.6;
/** Estimates are kept as this many quantiles. */
const keptQuantiles = 21;

/** How long a step took so far in the try that is under way, by step id; nothing for steps that are not under way. Milliseconds. */
export type Spent = ReadonlyMap<string, number>;

export interface RunLeft {
  /** Of the run; null before the first run of its workflow has completed. */
  run: TimeLeft | null;
  /** Of each step that is not done, where something is known of it. */
  steps: ReadonlyMap<string, Interval>;
  /** Active time of the run so far. */
  spentMs: number;
  raw: Estimate["raw"];
}

/**
 * The rest of a run as an interval. Every step's log duration is a Student-t learned from past runs that fade (`learn`); what the
 * finished steps of this run have in common moves the others (`runEffect`); the step under way is conditioned on its time so far or
 * follows its own counter (`stepLeft`). The sum is drawn 200 times from a fixed seed. Before half-way its quantiles are averaged with
 * those of past totals given the time spent, which are hard to beat early on; then they are calibrated by how past estimates fared.
 * The parts are each named at their function; put together they follow the back-test of facts/time-left (forget fast, blend early
 * totals with late sums, calibrate, cap).
 */
export const timeLeft = (steps: readonly Step[], model: Model | null, spent: Spent): RunLeft => {
  const rest = steps.filter((step) => step.kind !== "ask" && !isStepDone(step.state));
  const spentMs = steps.reduce((sum, step) => sum + step.activeMs + attemptMs(step, spent), 0);
  const effect = runEffect(steps, model);
  const shifts = strata(draws, 0).map((u) => effect.shift + effect.deviation * normalQuantile(u));
  const futures = rest.map((step) => ({
    step,
    left: drawn(step, model, spent.get(step.id) ?? 0, effect.variance, shifts),
  }));
  const known = futures.filter(
    ({ step }) => model?.steps.has(step.id) === true || counts(step, spent.get(step.id) ?? 0),
  );
  const perStep = new Map(known.map(({ step, left }) => [step.id, interval(ascending(left))]));
  if (model === null) return { run: null, steps: perStep, spentMs, raw: [] };

  const sums = ascending(
    Array.from({ length: draws }, (_, i) => futures.reduce((sum, { left }) => sum + (left[i] ?? 0), 0)),
  );
  const doneShare = spentMs / Math.max(1, spentMs + quantile(sums, 0.5));
  const trust = totalsAtStart * Math.max(0, 1 - 2 * doneShare);
  const totals = trust === 0 ? sums : ascending(totalsLeft(model, spentMs));
  const sorted = sums.map((ms, i) => (1 - trust) * ms + trust * (totals[i] ?? ms));
  const quarter = Math.min(3, Math.floor(4 * doneShare));
  const run: TimeLeft = {
    ...interval(sorted, (q) => calibrated(q, quarter, model.hits)),
    runs: model.runs,
    because: because(steps, model, spent, effect),
  };
  const raw = Array.from({ length: keptQuantiles }, (_, i) =>
    Math.round(quantile(sorted, i / (keptQuantiles - 1))),
  );
  return { run, steps: perStep, spentMs, raw };
};

/** A waiting step's `activeMs` is in what it spent already. */
const attemptMs = (step: Step, spent: Spent): number =>
  Math.max(0, (spent.get(step.id) ?? 0) - (step.kind === "wait" ? step.activeMs : 0));

const drawn = (
  step: Step,
  model: Model | null,
  spentMs: number,
  runVariance: number,
  shifts: readonly number[],
): number[] => {
  // A counter is better than a guess, so it stands alone where there is no past.
  const guessMs = counts(step, spentMs) ? spentMs / (step.share ?? 1) : step.weightMs;
  const past = model?.steps.get(step.id) ?? guessed(guessMs);
  const own = { ...past, scale2: Math.max(0.1 * past.scale2, past.scale2 - runVariance) };
  const seed = 1 + 2 * step.position;
  const skips = strata(draws, seed);
  return strata(draws, seed + 1).map((u, i) =>
    stepLeft(step, own, spentMs, { u, skip: skips[i] ?? 0, shift: shifts[i] ?? 0 }),
  );
};

const totalsLeft = ({ total, pastTotalMs }: Model, spentMs: number): number[] =>
  strata(draws, 0).map((u) =>
    stepLeft({ share: null }, { ...total, pastMs: pastTotalMs }, spentMs, { u, skip: 1, shift: 0 }),
  );

const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

const interval = (sorted: readonly number[], at: (q: number) => number = (q) => q): Interval => ({
  p10Ms: Math.round(quantile(sorted, at(0.1))),
  p50Ms: Math.round(quantile(sorted, at(0.5))),
  p90Ms: Math.round(quantile(sorted, at(0.9))),
});
