import { type Guess, tenths } from "./guess.ts";
import { fromLog, toLog } from "./log-duration.ts";
import type { Laws } from "./model.ts";
import { runsLikeThis } from "./runs-like-this.ts";
import type { Standing } from "./standing.ts";
import { byCounter, isSized } from "./step-law.ts";
import { stepLeft } from "./step-left.ts";
import { stepsLeft } from "./steps-left.ts";

/** Runs like this one count in full in the spread once they are worth this many more than one. */
const enoughLike = 3;
/** The middle rests on runs like this one from this share on: before, nothing tells which are. */
const tellsFrom = 0.1;
/** With so few runs the laws are mostly guesses, and a past run itself the better middle. */
const young = 3;
/** Spreads of logarithms are held between these: nothing is surer, and what is less sure says nothing. */
const leastSpread = 0.002;
const mostSpread = 2.5;

export interface RawGuess extends Guess {
  /** How much of the run is done, as far as is known: spent / (spent + middle). */
  share: number;
  /** It goes by how much there is to do. */
  sized: boolean;
}

/** The rest before calibration: the geometric mean of what its steps and what runs like this one say. */
export const rawGuess = (standing: Standing, laws: Laws): RawGuess => {
  const { spentMs } = standing;
  const { totalsAtStart, mostLike } = laws.tuning;
  const steps = stepsLeft(standing, laws);
  const doneShare = shareOf(spentMs, steps.middle);
  const counts = standing.rest.some((step) => byCounter(step, laws) !== 1);
  const sized = isSized(standing.rest, laws);
  const early = sized ? 0 : totalsAtStart * Math.max(0, 1 - 2 * doneShare);
  const totals = early === 0 ? steps : totalsLeft(spentMs, laws);
  const law: Guess = {
    middle: steps.middle + early * (totals.middle - steps.middle),
    spread: steps.spread + early * (totals.spread - steps.spread),
  };
  const like = runsLikeThis(standing, laws);
  const n = laws.past.length;
  const trust = n <= young ? 1 - n / (2 * young) : 0.5 * Math.min(1, doneShare / tellsFrom);
  const middle = law.middle + trust * (like.middle - law.middle);
  const floor = (spread: number) => Math.min(mostSpread, Math.max(leastSpread, spread));
  // Of how far off a counter is the past of whole runs knows nothing.
  const sure = counts ? 0 : mostLike * Math.min(1, (like.worth - 1) / enoughLike);
  const spread = floor(law.spread) ** (1 - sure) * floor(like.spread) ** sure;
  return { middle, spread: floor(spread), share: shareOf(spentMs, middle), sized };
};

const shareOf = (spentMs: number, middle: number): number => spentMs / Math.max(1, spentMs + fromLog(middle));

const totalsLeft = (spentMs: number, { total, pastTotalMs }: Laws): Guess => {
  const at = (u: number) => toLog(stepLeft({ ...total, pastMs: pastTotalMs }, spentMs, u));
  return { middle: at(0.5), spread: (at(0.9) - at(0.1)) / tenths };
};
