import type { Run } from "./run.ts";
import { isStepDone } from "./states.ts";
import type { Step } from "./step.ts";

/**
 * How far a run is without a past to go by, 0..100: 100 · Σ wᵢ·pᵢ / Σ wᵢ over its steps. wᵢ is the author's guess of the step's
 * duration; ask steps weigh 0. pᵢ is 1 when finished, its own reported share while it is under way.
 * Never below `floor`, so that it does not go back when weights change; 100 only when nothing is left to do.
 */
export const percentOf = (steps: readonly Step[], floor: number): number => {
  let all = 0;
  let done = 0;
  for (const step of steps) {
    if (step.kind === "ask") continue;
    const weight = Math.max(1, step.weightMs);
    all += weight;
    done += weight * shareOf(step);
  }
  const finished = steps.every((step) => isStepDone(step.state));
  if (finished) return 100;
  return Math.min(99, Math.max(floor, all === 0 ? 0 : Math.floor((100 * done) / all)));
};

/**
 * Whether the percent of a run says how far it is. It does not while the step under way cannot tell its share and there is no past to
 * tell it by (`told`: there is): then it only counts the steps that are done, and would stand still however much is worked. Nor does it
 * while a person is waited for and no work that counts was done: "0 %" would stand beside four answered questions, and a share that only
 * the past tells beside the first.
 */
export const isPercentKnown = (
  { state, percentFloor }: Pick<Run, "state" | "percentFloor">,
  steps: readonly Step[],
  told = false,
): boolean => {
  if (state !== "running" && state !== "waiting" && state !== "paused" && state !== "asking") return true;
  const step = steps.find((one) => one.state === "running" || one.state === "waiting");
  if (step === undefined) return state === "running" || state === "waiting" || percentOf(steps, 0) > 0;
  return told || step.share !== null || percentFloor > percentOf(steps, 0);
};

const shareOf = (step: Step): number => {
  if (isStepDone(step.state)) return 1;
  return step.state === "running" || step.state === "waiting" ? (step.share ?? 0) : 0;
};

/** The middle value; null of none. */
export const median = (values: readonly number[]): number | null => {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
};
