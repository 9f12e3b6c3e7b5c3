import { type CaseGuess, guessFrom } from "./guess.ts";
import type { Laws } from "./model.ts";
import type { PastRun } from "./past-run.ts";
import type { Rest, Standing } from "./standing.ts";
import { byCounter, sizedLaw } from "./step-law.ts";

/** How much a run counts that is nothing like this one. */
const leastLike = 0.02;
/** A run whose current step was over by now leaves one of these shares of the time spent in it: how long it still takes it does not tell. */
const overtakenLeft = [0.1, 0.2, 0.4] as const;

/**
 * What past runs had left where this one stands, each weighed by its age and by how alike its finished steps are to those of this
 * run; that tells kinds of runs apart (a cold cache, a large site) without anybody naming them. Quantiles by the midpoint rule.
 */
export const runsLikeThis = ({ done, rest }: Standing, laws: Laws): CaseGuess => {
  const { runsFade, sharpness, overtaken } = laws.tuning;
  const doneMs = done.reduce((sum, { id }) => sum + (laws.steps.get(id)?.meanMs ?? 0), 0);
  const times = rest.map((step) => byCounter(step, laws));
  const cases = laws.past.flatMap((past, age) => {
    const known = done.reduce((sum, { id }) => sum + (past.steps.get(id)?.ms ?? 0), 0);
    const m = past.totalMs === 0 ? 0 : known / past.totalMs;
    const like = Math.exp(-0.5 * sharpness * Math.min(1, 2 * m) * distance(done, doneMs, past, laws));
    const { ms, overtakenMs } = leftOf(rest, times, past, laws);
    const weight = (laws.turns[age] ?? 1) * 0.5 ** (age / runsFade) * (leastLike + like);
    if (overtakenMs === 0) return { ms, weight };
    const share = (weight * overtaken) / overtakenLeft.length;
    return overtakenLeft.map((left) => ({ ms: ms + left * overtakenMs, weight: share }));
  });
  return guessFrom(cases);
};

/** Time-weighted mean of the squared differences of log durations, in units of their variance. */
const distance = (done: Standing["done"], doneMs: number, past: PastRun, laws: Laws): number => {
  if (doneMs <= 0) return 0;
  let sum = 0;
  for (const { id, log } of done) {
    const step = laws.steps.get(id);
    const was = past.steps.get(id);
    if (step === undefined || was === undefined) continue;
    sum += (step.meanMs / doneMs) * ((log - was.log) ** 2 / step.variance);
  }
  return sum;
};

/** What the step would have taken then, had it been of this size. */
const tookThen = (step: Rest, past: PastRun, laws: Laws): number => {
  const took = past.steps.get(step.id);
  const known = laws.steps.get(step.id);
  if (took === undefined || known === undefined) return known?.meanMs ?? step.weightMs;
  const sized = sizedLaw(step, known);
  const then = sized?.ofRun === true ? past.size : took.units;
  if (sized === null || then <= 0) return took.ms;
  const headMs = sized.ofRun ? 0 : took.headMs;
  return headMs + ((took.ms - headMs) * sized.count) / then;
};

const leftOf = (
  rest: Standing["rest"],
  times: readonly number[],
  past: PastRun,
  laws: Laws,
): { ms: number; overtakenMs: number } => {
  let ms = 0;
  let overtakenMs = 0;
  for (const [index, step] of rest.entries()) {
    const { spentMs, path } = step;
    if (path !== null) {
      ms += path.p50Ms;
      continue;
    }
    const was = (times[index] ?? 1) * tookThen(step, past, laws);
    if (spentMs > 0 && was <= spentMs) overtakenMs += spentMs;
    else ms += was - spentMs;
  }
  return { ms, overtakenMs };
};
