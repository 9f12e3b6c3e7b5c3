import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import { pausedMs } from "#core/step.ts";
import type { Estimate } from "#core/time-left/estimate.ts";
import type { Model } from "#core/time-left/model.ts";
import { type Spent, timeLeft } from "#core/time-left/time-left.ts";

/** How long the step under way took so far in this try; a wait's earlier looks count too, pauses and gaps do not. */
export const spentOf = (steps: readonly Step[], now: number): Spent =>
  new Map(
    steps.flatMap((step) => {
      const ms = spentMs(step, now);
      return ms === null ? [] : [[step.id, ms]];
    }),
  );

const spentMs = (step: Step, now: number): number | null => {
  if (step.state === "running") return Math.max(0, now - (step.attemptAt ?? step.startedAt ?? now));
  if (step.state !== "waiting" || step.waiting === null) return null;
  if (step.waiting.for !== "look") return step.waiting.for === "retry" ? 0 : null;
  return step.activeMs + pausedMs(step.waiting, now);
};

/** What is told of the rest when a run starts or passes a quarter, to be held against what comes; null at other times. */
export const toldAt = (
  before: RunWithSteps,
  after: RunWithSteps,
  model: Model | null,
  now: number,
): Estimate | null => {
  const quarter = quarterOf(after);
  if (model === null || quarter <= quarterOf(before) || quarter >= 4) return null;
  const { run, spentMs: spent, raw } = timeLeft(after.steps, model, spentOf(after.steps, now));
  if (run === null) return null;
  const { p10Ms, p50Ms, p90Ms, runs } = run;
  return { quarter, at: now, spentMs: spent, p10Ms, p50Ms, p90Ms, runs, raw };
};

const quarterOf = ({ run }: RunWithSteps): number =>
  run.startedAt === null ? -1 : Math.floor(run.percentFloor / 25);
