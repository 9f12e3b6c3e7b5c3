import { isStepDone } from "./states.ts";
import type { Step } from "./step.ts";
import type { PastStep } from "./store.ts";

/** How long the rest will take, without any time that waits for a person. Milliseconds. */
export interface TimeLeft {
  lowMs: number;
  highMs: number;
  /** How many past runs it rests on. */
  runs: number;
}

/** Fewer past runs than this say too little. */
const enoughRuns = 3;

/**
 * An interval for the rest of a run from what the same steps took in past runs: for each past run the time its remaining steps took,
 * given that the current one has lasted this long already (residual life: only past durations longer than the elapsed time count),
 * or scaled by the step's own share when it reports one; then the 10th and the 90th percentile over the past runs.
 * Null when fewer than three past runs exist ("no estimate yet") or when this step already lasted longer than it ever did.
 */
export const timeLeft = (
  steps: readonly Step[],
  past: readonly PastStep[],
  elapsedMs: ReadonlyMap<string, number>,
): TimeLeft | null => {
  const byRun = Map.groupBy(past, (one) => one.runId);
  if (byRun.size < enoughRuns) return null;
  const rest = steps.filter((step) => step.kind !== "ask" && !isStepDone(step.state));
  const samples: number[] = [];
  for (const durations of byRun.values()) {
    const took = new Map(durations.map((one) => [one.stepId, one.activeMs]));
    const left = rest.map((step) => remaining(step, took.get(step.id) ?? 0, elapsedMs.get(step.id) ?? 0));
    if (left.every((ms) => ms !== null)) samples.push(left.reduce((sum, ms) => sum + ms, 0));
  }
  if (samples.length === 0) return null;
  samples.sort((a, b) => a - b);
  return { lowMs: quantile(samples, 0.1), highMs: quantile(samples, 0.9), runs: byRun.size };
};

const remaining = (step: Step, tookMs: number, elapsedMs: number): number | null => {
  if (elapsedMs === 0) return tookMs;
  if (step.share !== null && step.share > 0.02) return (elapsedMs * (1 - step.share)) / step.share;
  return tookMs > elapsedMs ? tookMs - elapsedMs : null;
};

/** Linear interpolation between order statistics (type 7 of Hyndman & Fan, 1996). `sorted` must not be empty. */
export const quantile = (sorted: readonly number[], q: number): number => {
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
};
