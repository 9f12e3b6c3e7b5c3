import { guessed, type LogDuration, toLog } from "./log-duration.ts";
import type { Laws, Rate, StepModel } from "./model.ts";
import type { Counted, Rest } from "./standing.ts";

export type StepLaw = LogDuration & Partial<StepModel>;

/** A share below this says nothing yet. */
const leastShare = 0.02;
/** How unevenly a step gets on when half is done, as a standard deviation of the log duration, */
const driftSpread = 0.12;
/** and how much what it counts differs from one to the next. */
const unitSpread = 0.7;
/** From so many deviations on a counter and the past contradict each other, and it is the past that is of other runs. */
const contradiction = 1.5;

/**
 * How long a step takes as a whole: by its past, per unit where that is surer and the number of units is known, by its author's guess
 * where there is no past; and by its own counter, weighed against that by precision.
 */
export const lawOf = (step: Rest, laws: Pick<Laws, "steps"> | null): StepLaw => {
  const past = laws?.steps.get(step.id);
  const counted = countOf(step);
  const known = counted?.atMost === true ? null : counted;
  const sized = past === undefined ? null : sizedLaw(step, past);
  const law: StepLaw =
    past === undefined ? guessed(known === null ? step.weightMs : wholeMs(known)) : wholeLaw(past, sized);
  // Where both go by how many there are, they err together as far as that is not known.
  const common = sized === null || sized.ofRun ? 0 : step.unsure ** 2;
  const unsure = ({ scale2, ...one }: StepLaw): StepLaw => ({ ...one, scale2: scale2 + common });
  if (counted === null) return unsure(law);
  const off = toLog(wholeMs(counted)) - law.location;
  if (counted.atMost && off <= 0) return unsure(law);
  const variance = counterVariance(counted) + step.unsure ** 2 - common;
  const both = law.scale2 + variance;
  const beyond = Math.max(0, off ** 2 - contradiction ** 2 * both);
  const own = law.scale2 + (beyond * off ** 2) / (contradiction ** 2 * both);
  const trust = own / (own + variance);
  return unsure({ ...law, location: law.location + trust * off, scale2: (1 - trust) * own, pastMs: [] });
};

/** How long it takes as a whole when it goes on as it did. */
const wholeMs = ({ part, afterMs, pace }: Counted): number =>
  pace === null || pace.done <= 0 ? afterMs / part : afterMs + (pace.left * pace.ms) / pace.done;

const counterVariance = ({ part, pace }: Counted): number => {
  const few = pace === null ? 0 : 1 / Math.max(1, pace.done) + 1 / Math.max(1, pace.left);
  return (1 - part) * (driftSpread ** 2 / part + unitSpread ** 2 * few);
};

/** The longest that it ever took was of another size. */
const wholeLaw = (past: StepModel, sized: SizedLaw | null): StepLaw =>
  sized === null ? past : { ...past, ...sized, pastMs: [] };

/** A step's duration by how many there are to do. */
export interface SizedLaw extends LogDuration {
  count: number;
  usual: number;
  /** Of what its run has to do, and not what it counts itself. */
  ofRun: boolean;
}

/** What so many take, when the past taught what one takes; null when one of both is not known, or too few are known so far. */
export const sizedLaw = ({ totalUnits, atLeast, size }: Rest, past: StepModel): SizedLaw | null => {
  const by = (rate: Rate | null, count: number | null, ofRun: boolean): SizedLaw | null => {
    if (rate === null || count === null || count <= 0) return null;
    const further = rate.powerVariance * Math.log(count / Math.max(1, rate.usual)) ** 2;
    const location = toLog(rate.headMs + count * Math.exp(rate.location));
    return { ...rate, scale2: rate.scale2 + further, location, count, ofRun };
  };
  const own = by(past.perUnit, totalUnits, false);
  if (own !== null && !(atLeast && own.location < past.location)) return own;
  return by(past.perSize, size?.count ?? null, true);
};

/** Whether some of the rest goes by how much there is to do: whole runs of the past were of other sizes then. */
export const isSized = (rest: readonly Rest[], laws: Laws): boolean =>
  rest.some((step) => {
    if (step.path !== null) return true;
    const past = laws.steps.get(step.id);
    return past !== undefined && (sizedLaw(step, past) !== null || byCounter(step, laws) !== 1);
  });

/** What a step under way has counted; null when that says nothing. */
const countOf = ({ spentMs, counted }: Rest): Counted | null =>
  spentMs > 0 && counted !== null && counted.part > leastShare && counted.afterMs > 0
    ? { ...counted, part: Math.min(0.99, counted.part) }
    : null;

/** A number of units that may be off by more than this, as a standard deviation of the logarithm, makes no percent. */
const sureEnough = 0.25;

/** Whether a step under way tells by itself how long it takes, */
export const tellsItself = (step: Rest): boolean => countOf(step)?.atMost === false;
/** and whether that is sure. */
export const tellsSurely = (step: Rest): boolean => tellsItself(step) && step.unsure <= sureEnough;

/** How many times as long as its past says a step takes by its own counter. */
export const byCounter = (step: Rest, laws: Laws): number => {
  const past = laws.steps.get(step.id);
  if (past === undefined || step.spentMs <= 0) return 1;
  return Math.exp(lawOf(step, laws).location - wholeLaw(past, sizedLaw(step, past)).location);
};
