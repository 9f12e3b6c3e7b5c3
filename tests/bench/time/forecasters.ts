import { median } from "#core/progress.ts";
import type { PastStep } from "#core/store.ts";
import type { Interval } from "#core/time-left/estimate.ts";
import { learn, type Model, pastRuns } from "#core/time-left/learn.ts";
import { quantile } from "#core/time-left/quantile.ts";
import { timeLeft } from "#core/time-left/time-left.ts";
import { chosen, type Tuning } from "#core/time-left/tuning.ts";
import { finished, standing, totalOf } from "./series.ts";

/** Tells the rest of a run of which `spentMs` are gone. A method without an interval tells its one number three times. */
export type Forecast = (took: readonly number[], spentMs: number) => Interval;
/** Makes a forecaster from the runs before, oldest first; there is at least one. */
export type Method = () => (before: readonly (readonly number[])[]) => Forecast;

/** Milepost as its engine calls it: the newest runs, and the model before handed on. */
export const milepost =
  (tuning: Tuning = chosen): Method =>
  () => {
    let model: Model | null = null;
    return (before) => {
      const past: PastStep[] = before.map(finished).slice(-pastRuns).reverse().flat();
      model = learn(past, model, tuning);
      const learned = model;
      return (took, spentMs) => {
        const { steps, spent } = standing(took, spentMs);
        const { run } = timeLeft(steps, learned, spent);
        if (run === null) throw new Error("there is a past, so there is an estimate");
        return run;
      };
    };
  };

const single = (ms: number): Interval => ({ p10Ms: ms, p50Ms: ms, p90Ms: ms });

const ofTotals =
  (of: (totals: readonly number[]) => number): Method =>
  () =>
  (before) => {
    const total = of(before.map(totalOf));
    return (_, spentMs) => single(Math.max(0, total - spentMs));
  };

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;

/** The sum of the medians of what is left, the current step's less what it took. */
const stepMedians: Method = () => (before) => {
  const medians = (before[0] ?? []).map(
    (_, position) => median(before.map((run) => run[position] ?? -1).filter((ms) => ms >= 0)) ?? 0,
  );
  return (took, spentMs) => {
    const { steps, spent } = standing(took, spentMs);
    return single(
      steps.reduce((sum, step, position) => {
        const usual = medians[position] ?? 0;
        if (step.state === "running") return sum + Math.max(0, usual - (spent.get(step.id) ?? 0));
        return step.state === "pending" ? sum + usual : sum;
      }, 0),
    );
  };
};

/** The mean of three, with the interval of how far it was off before in runs that took longer than this one so far. */
const meanWithErrors: Method = () => {
  const expected = (before: readonly number[]) => mean(before.slice(-3));
  return (before) => {
    const totals = before.map(totalOf);
    const ratios = totals.flatMap((total, index) =>
      index === 0 ? [] : [total / Math.max(1, expected(totals.slice(0, index)))],
    );
    const could = ratios.map((ratio) => ratio * expected(totals)).sort((a, b) => a - b);
    return (_, spentMs) => {
      const left = could.filter((total) => total > spentMs).map((total) => total - spentMs);
      const at = (q: number) => (left.length === 0 ? 0 : quantile(left, q));
      return { p10Ms: at(0.1), p50Ms: at(0.5), p90Ms: at(0.9) };
    };
  };
};

export const methods = {
  Milepost: milepost(),
  "all-time mean": ofTotals(mean),
  "mean of 3": ofTotals((totals) => mean(totals.slice(-3))),
  "last success": ofTotals((totals) => totals.at(-1) ?? 0),
  "step medians": stepMedians,
  "mean of 3 and its errors": meanWithErrors,
} as const satisfies Record<string, Method>;
