import { type Guess, tenths } from "./guess.ts";
import { fromLog, toLog } from "./log-duration.ts";
import type { Laws } from "./model.ts";
import { runEffect } from "./run-effect.ts";
import type { Standing } from "./standing.ts";
import { lawOf } from "./step-law.ts";
import { intervalLeft } from "./step-left.ts";

/**
 * The rest as the sum of its steps: each step's middle, moved by what the finished steps of this run have in common, and their
 * variances added, those of the run in full because they are the same for all. Middles are added and not means: the mean of a young
 * workflow's wide law is far above all that ever came.
 */
export const stepsLeft = (standing: Standing, laws: Laws): Guess => {
  const effect = runEffect(standing.done, laws);
  let sum = 0;
  let variance = 0;
  let common = 0;
  for (const step of standing.rest) {
    const law = lawOf(step, laws);
    const own = Math.max(0.1 * law.scale2, law.scale2 - effect.variance);
    const moved = { ...law, location: law.location + effect.shift, scale2: own };
    if (step.path !== null || step.spentMs > 0) {
      const { p10Ms, p50Ms, p90Ms } = step.path ?? intervalLeft(moved, step.spentMs);
      sum += p50Ms;
      variance += (Math.max(1, p50Ms) * ((toLog(p90Ms) - toLog(p10Ms)) / tenths)) ** 2;
      continue;
    }
    const middle = fromLog(moved.location);
    const { skipChance = 0, skipMs = 0 } = law;
    sum += (1 - skipChance) * middle + skipChance * skipMs;
    variance += (1 - skipChance) * middle ** 2 * own + skipChance * (1 - skipChance) * (middle - skipMs) ** 2;
    common += (1 - skipChance) * middle;
  }
  variance += (common * effect.deviation) ** 2;
  return { middle: toLog(sum), spread: Math.sqrt(variance) / Math.max(1, sum) };
};
