import { guessed, type LogDuration, toLog } from "./log-duration.ts";
import type { Laws, Rate, StepModel } from "./model.ts";
import type { Rest } from "./standing.ts";

export type StepLaw = LogDuration & Partial<StepModel>;

/** A share below this says nothing yet. */
const leastShare = 0.02;
/** How far off a step's own counter is, as a standard deviation of the log duration when half is done. */
const counterSpread = 0.3;

/**
 * How long a step takes as a whole: by its past, per unit where that is surer and the number of units is known, by its author's guess
 * where there is no past; and by its own counter, weighed against that by precision.
 */
export const lawOf = (step: Rest, laws: Pick<Laws, "steps"> | null): StepLaw => {
  const past = laws?.steps.get(step.id);
  const share = shareOf(step);
  const law: StepLaw =
    past === undefined
      ? guessed(share === null ? step.weightMs : step.spentMs / share)
      : wholeLaw(step, past);
  const counted = share ?? partOf(step, step.atMost);
  if (counted === null) return law;
  const off = toLog(step.spentMs / counted) - law.location;
  if (share === null && off <= 0) return law;
  const variance = (counterSpread ** 2 * (1 - counted)) / counted;
  // A past that the counter contradicts says less than it seems to.
  const own = Math.max(law.scale2, off ** 2);
  const trust = own / (own + variance);
  return { ...law, location: law.location + trust * off, scale2: (1 - trust) * own, pastMs: [] };
};

const wholeLaw = (step: Rest, past: StepModel): StepLaw => {
  const sized = sizedLaw(step, past);
  // The longest that it ever took was of another size.
  return sized === null ? past : { ...past, ...sized, pastMs: [] };
};

/** A step's duration by how many there are to do. */
export interface SizedLaw extends LogDuration {
  count: number;
  usual: number;
  /** Of what its run has to do, and not what it counts itself. */
  ofRun: boolean;
}

/** What so many take, when the past taught what one takes; null when one of both is not known, or too few are known so far. */
export const sizedLaw = ({ totalUnits, atLeast, size }: Rest, past: StepModel): SizedLaw | null => {
  const by = (rate: Rate | null, count: number | null, ofRun: boolean): SizedLaw | null =>
    rate === null || count === null || count <= 0
      ? null
      : { ...rate, location: toLog(count * Math.exp(rate.location)), count, ofRun };
  const own = by(past.perUnit, totalUnits, false);
  if (own !== null && !(atLeast && own.location < past.location)) return own;
  return by(past.perSize, size?.count ?? null, true);
};

/** Whether some of the rest goes by how much there is to do: whole runs of the past were of other sizes then. */
export const isSized = (rest: readonly Rest[], laws: Laws): boolean =>
  rest.some((step) => {
    const past = laws.steps.get(step.id);
    return past !== undefined && (sizedLaw(step, past) !== null || byCounter(step, laws) !== 1);
  });

/** How much of a step under way is done, 0..1, by its own counter; null when that says nothing. */
export const shareOf = (step: Rest): number | null => partOf(step, step.share);

const partOf = ({ spentMs }: Rest, part: number | null): number | null =>
  spentMs > 0 && part !== null && part > leastShare ? Math.min(0.99, part) : null;

/** How many times as long as its past says a step takes by its own counter. */
export const byCounter = (step: Rest, laws: Laws): number => {
  const past = laws.steps.get(step.id);
  if (past === undefined || step.spentMs <= 0) return 1;
  return Math.exp(lawOf(step, laws).location - wholeLaw(step, past).location);
};
