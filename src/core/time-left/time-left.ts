import type { Size } from "#core/run.ts";
import { isUnforeseen, type Step } from "#core/step.ts";
import { because, type Turned } from "./because.ts";
import { calibrated } from "./calibration.ts";
import type { Interval, TimeLeft } from "./estimate.ts";
import type { Model } from "./learn.ts";
import { noiseMs } from "./log-duration.ts";
import { rawGuess } from "./raw-guess.ts";
import { runEffect } from "./run-effect.ts";
import { type Rest, type Spent, standingOf } from "./standing.ts";
import { lawOf, tellsItself, tellsSurely } from "./step-law.ts";
import { intervalLeft } from "./step-left.ts";

export interface RunLeft {
  /** Of the run; null before the first run of its workflow has completed, and while nobody knows how long one of its steps takes. */
  run: TimeLeft | null;
  /** Of each step that is not done, where something is known of it. */
  steps: ReadonlyMap<string, Interval>;
  /** Active time of the run so far. */
  spentMs: number;
  /** How far the run is at least, 0..100; null where there is no past, and while how much there is to do is not known. */
  percent: number | null;
  /** What made the rest other than it was told before; null where nothing stands out. */
  why: (turned: Turned) => string | null;
}

/**
 * The rest of a run as an interval: what its steps' laws say (`stepsLeft`) and what past runs like it had left (`runsLikeThis`) make one
 * guess (`rawGuess`); how far such guesses were off at moments like this one makes it a promise (`calibrated`). How good that is on real
 * histories: docs/time-left.md.
 */
export const timeLeft = (
  steps: readonly Step[],
  model: Model | null,
  spent: Spent,
  size: Size | null = null,
): RunLeft => {
  const standing = standingOf(steps, spent, size);
  const { spentMs, rest } = standing;
  const unforeseen = new Set(steps.filter(isUnforeseen).map(({ id }) => id));
  const perStep = new Map(
    rest
      .filter(({ id }) => !unforeseen.has(id))
      .filter((step) => model?.steps.has(step.id) === true || tellsItself(step) || step.path !== null)
      .map((step) => [step.id, stepInterval(step, model)]),
  );
  if (model === null) return { run: null, steps: perStep, spentMs, percent: null, why: () => null };
  const why = (turned: Turned | null) =>
    because(steps, standing, model, runEffect(standing.done, model), turned);
  const none = { p10Ms: 0, p50Ms: 0, p90Ms: 0 };
  if (rest.length === 0) return { run: told(model, none, null), steps: perStep, spentMs, percent: 100, why };
  const interval = calibrated(rawGuess(standing, model), model.moments, model.tuning);
  // A percent never goes back, so none is told by the size that past runs had.
  const isOpen = rest.some(
    (step) => step.spentMs > 0 && model.steps.get(step.id)?.open === true && !tellsSurely(step),
  );
  // While nobody knows the rest, the run gets no farther than it was shown to be.
  const isUnknown = unforeseen.size > 0;
  const percent = isOpen ? null : isUnknown ? 0 : percentDone(spentMs, interval);
  const bounded = new Map(
    rest.flatMap((step) => {
      const own = perStep.get(step.id);
      return own === undefined ? [] : [[step.id, within(interval, own, step, rest)]];
    }),
  );
  const run = isUnknown ? null : told(model, interval, why(null));
  return { run, steps: bounded, spentMs, percent, why };
};

/** A page tells both: what is under way takes no longer than the run, and what is all that is left takes as long. */
const within = (run: Interval, own: Interval, { spentMs }: Rest, rest: readonly Rest[]): Interval => {
  if (rest.length === 1) return run;
  if (spentMs === 0) return own;
  const least = (which: keyof Interval) => Math.min(run[which], own[which]);
  return { p10Ms: least("p10Ms"), p50Ms: least("p50Ms"), p90Ms: least("p90Ms") };
};

/** How far a run is, 0..100, when so much of it is spent and so much is left; what is left is never less than noise. */
export const percentDone = (spentMs: number, left: Interval): number =>
  Math.floor((100 * spentMs) / (spentMs + left.p50Ms + noiseMs));

const told = ({ runs }: Model, interval: Interval, why: string | null): TimeLeft => ({
  ...interval,
  runs,
  because: why,
});

const stepInterval = (step: Rest, model: Model | null): Interval => {
  const { p10Ms, p50Ms, p90Ms } = step.path ?? intervalLeft(lawOf(step, model), step.spentMs);
  return { p10Ms: Math.round(p10Ms), p50Ms: Math.round(p50Ms), p90Ms: Math.round(p90Ms) };
};
