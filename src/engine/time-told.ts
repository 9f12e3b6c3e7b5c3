import type { Change } from "#core/change.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import type { Model } from "#core/time-left/model.ts";
import { type Spent, timeLeft } from "#core/time-left/time-left.ts";
import { changed } from "./percent.ts";

/** Shorter pauses between signs of life are not worth a write. */
const leastQuietMs = 1_000;

/** How long the step under way took so far in this try; a wait's earlier looks count too, pauses do not. */
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
  return step.activeMs + Math.max(0, now - step.waiting.since);
};

/**
 * The same change with what is to be kept for later: how long the step under way was silent, and, when the run starts or passes a
 * quarter, what is told of its rest.
 */
export const withTimeTold = (at: RunWithSteps, change: Change, model: Model | null, now: number): Change => {
  const heard = withSilence(at, change, now);
  const after = changed(at, heard);
  const quarter = newQuarter(at, after);
  if (quarter === null || model === null) return heard;
  const { run, spentMs, raw } = timeLeft(after.steps, model, spentOf(after.steps, now));
  if (run === null) return heard;
  const { p10Ms, p50Ms, p90Ms, runs } = run;
  return { ...heard, estimate: { quarter, at: now, spentMs, p10Ms, p50Ms, p90Ms, runs, raw } };
};

const withSilence = (at: RunWithSteps, change: Change, now: number): Change => {
  const step = at.steps.find((one) => one.state === "running");
  const others = change.steps ?? [];
  const own = others.find((one) => one.id === step?.id)?.patch;
  if (step === undefined || (change.events.length === 0 && (change.logs ?? []).length === 0)) return change;
  // A try that was cut off was not silent: nobody was there to hear it.
  if (own?.state !== undefined && !isStepDone(own.state)) return change;
  const quietMs = now - Math.max(at.run.changedAt, step.attemptAt ?? 0);
  if (quietMs <= Math.max(leastQuietMs, step.quietMs)) return change;
  return {
    ...change,
    steps: [...others.filter((one) => one.id !== step.id), { id: step.id, patch: { quietMs, ...own } }],
  };
};

const quarterOf = ({ run }: RunWithSteps): number =>
  run.startedAt === null ? -1 : Math.floor(run.percentFloor / 25);

const newQuarter = (before: RunWithSteps, after: RunWithSteps): number | null => {
  const quarter = quarterOf(after);
  return quarter > quarterOf(before) && quarter < 4 ? quarter : null;
};
