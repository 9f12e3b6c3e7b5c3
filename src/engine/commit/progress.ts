import type { StepPatch } from "#core/change.ts";
import { type Expected, percentOf } from "#core/progress.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import { pausedMs, type Step } from "#core/step.ts";
import type { Estimate } from "#core/time-left/estimate.ts";
import type { Model } from "#core/time-left/model.ts";
import { type Spent, timeLeft } from "#core/time-left/time-left.ts";
import type { Move } from "#engine/moves/move.ts";

/** The same move with the run's percent brought up to what its steps will be. */
export const withPercent = (now: RunWithSteps, move: Move, expected: Expected): Move => {
  if (move.run === undefined && move.steps === undefined) return move;
  const { steps } = after(now, move);
  const floor = move.run?.percentFloor ?? now.run.percentFloor;
  return { ...move, run: { ...move.run, percentFloor: percentOf(steps, expected, floor) } };
};

/** The run as it is after a move. */
export const after = (now: RunWithSteps, move: Move): RunWithSteps => {
  const patches = new Map<string, object>();
  for (const { id, patch } of move.steps ?? []) patches.set(id, { ...patches.get(id), ...patch });
  return {
    run: { ...now.run, ...move.run },
    steps: now.steps.map((step) => ({ ...step, ...patches.get(step.id) })),
  };
};

/** Shorter pauses between signs of life are not worth a write. */
const leastQuietMs = 1_000;

/**
 * The same move with what is to be kept of silence: when the step under way last gave a sign of life, and the longest that it went
 * without one. A look that was answered is none, only a new word or counter.
 */
export const withSigns = (now: RunWithSteps, move: Move, at: number): Move => {
  const step = now.steps.find(
    (one) => one.state === "running" || (one.state === "waiting" && one.waiting?.for === "look"),
  );
  if (step === undefined) return move;
  const others = (move.steps ?? []).filter((one) => one.id !== step.id);
  const own: StepPatch = Object.assign(
    {},
    ...(move.steps ?? []).filter((one) => one.id === step.id).map((one) => one.patch),
  );
  if (!isSign(step, own) && !(move.logs ?? []).some((line) => line.stepId === step.id)) return move;
  // A try that was cut off was not silent: nobody was there to hear it.
  const heard = own.state === undefined || own.state === step.state || isStepDone(own.state);
  const sameTry = own.attempt === undefined || own.attempt === step.attempt;
  const quietMs = at - (own.signAt ?? step.signAt ?? at);
  const quiet = heard && sameTry && quietMs > Math.max(leastQuietMs, step.quietMs) ? { quietMs } : {};
  return { ...move, steps: [...others, { id: step.id, patch: { ...own, ...quiet, signAt: at } }] };
};

const isSign = (step: Step, patch: StepPatch): boolean =>
  (patch.state !== undefined && patch.state !== step.state) ||
  (patch.attempt !== undefined && patch.attempt !== step.attempt) ||
  (patch.substeps !== undefined && patch.substeps !== step.substeps) ||
  (patch.progress != null && moved(step, patch.progress)) ||
  (patch.waiting != null && patch.waiting.word !== (step.waiting?.word ?? ""));

const moved = ({ progress }: Step, next: NonNullable<Step["progress"]>): boolean =>
  progress === null ||
  progress.done !== next.done ||
  progress.total !== next.total ||
  progress.what !== next.what;

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
