import type { PastStep } from "#core/store.ts";
import { type AgedMoment, inOrder } from "./calibration.ts";
import { type Laws, lawsOf } from "./model.ts";
import { type Moment, momentsOf } from "./moments.ts";
import { pastRunsOf } from "./past-run.ts";
import { chosen, type Tuning } from "./tuning.ts";

/** How many completed runs a workflow is judged by, and how many are looked back at to see how good that is. */
export const judgedBy = 30;
/** How many runs `learn` needs to have read: the oldest one looked back at is judged by as many before it. */
export const pastRuns = 2 * judgedBy;

/** What the past runs of a workflow teach; made once whenever one of them has completed. */
export interface Model extends Laws {
  runs: number;
  /** How far off past guesses were. */
  moments: readonly AgedMoment[];
  /** The same by run, for the model after this one. */
  lookedBack: ReadonlyMap<string, readonly Moment[]>;
}

/**
 * Learns from past runs, newest first; null when there are none. Looking back at a run is done once where the model before is at
 * hand; it comes out the same without.
 */
export const learn = (
  past: readonly PastStep[],
  before: Model | null = null,
  tuning: Tuning = chosen,
): Model | null => {
  const learning = learnInTurns(past, before, tuning);
  for (;;) {
    const turn = learning.next();
    if (turn.done === true) return turn.value;
  }
};

/** The same, with a pause for others after each run that is looked back at: the many of a busy second take tens of milliseconds. */
export function* learnInTurns(
  past: readonly PastStep[],
  before: Model | null = null,
  tuning: Tuning = chosen,
): Generator<void, Model | null> {
  const runs = pastRunsOf(past).slice(0, pastRuns);
  if (runs.length === 0) return null;
  const lookedBack = new Map<string, readonly Moment[]>();
  for (const [age, run] of runs.slice(0, judgedBy).entries()) {
    const earlier = runs.slice(age + 1, age + 1 + judgedBy);
    if (earlier.length === 0) continue;
    const known = before?.lookedBack.get(run.runId);
    if (known === undefined) yield;
    lookedBack.set(run.runId, known ?? momentsOf(run, lawsOf(earlier, tuning)));
  }
  const laws = lawsOf(runs.slice(0, judgedBy), tuning);
  const moments = [...lookedBack.values()].flatMap((ones, age) => ones.map((one) => ({ ...one, age })));
  return { ...laws, runs: laws.past.length, moments: inOrder(moments), lookedBack };
}
