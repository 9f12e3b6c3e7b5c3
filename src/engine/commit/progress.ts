import type { StepPatch } from "#core/change.ts";
import { percentOf } from "#core/progress.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import type { Progress, Step } from "#core/step.ts";
import type { Move } from "#engine/moves/move.ts";

/**
 * The same move with the run's percent brought up: to `shown`, how far it was told to be by now, where there is a past to tell from;
 * else to what its steps' guessed durations make it.
 */
export const withPercent = (now: RunWithSteps, move: Move, shown: number | null): Move => {
  if (move.run === undefined && move.steps === undefined) return move;
  const { steps } = after(now, move);
  const reset = move.run?.percentFloor;
  const floor = reset ?? now.run.percentFloor;
  const percentFloor =
    shown === null || steps.every((step) => isStepDone(step.state))
      ? percentOf(steps, floor)
      : Math.min(99, reset ?? Math.max(floor, shown));
  return { ...move, run: { ...move.run, percentFloor } };
};

/** The run as it is after a move. */
export const after = (now: RunWithSteps, move: Move): RunWithSteps => {
  const patches = new Map<string, object>();
  for (const { id, patch } of move.steps ?? []) patches.set(id, { ...patches.get(id), ...patch });
  return {
    run: { ...now.run, ...move.run },
    steps: now.steps.map((step) => {
      const patch = patches.get(step.id);
      return patch === undefined ? step : { ...step, ...patch };
    }),
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
  return { ...move, steps: [{ id: step.id, patch: { ...own, ...quiet, signAt: at } }, ...others] };
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

/** The same move with what is kept of a step's counter: when it first had counted anything in this try. */
export const withBegan = (now: RunWithSteps, move: Move, at: number): Move => {
  if (!(move.steps ?? []).some(({ patch }) => patch.progress != null)) return move;
  return {
    ...move,
    steps: (move.steps ?? []).map(({ id, patch }) => {
      const step = now.steps.find((one) => one.id === id);
      if (patch.progress == null || step === undefined) return { id, patch };
      const afterMs = step.kind !== "do" ? (patch.activeMs ?? step.activeMs) : at - (step.attemptAt ?? at);
      return { id, patch: { ...patch, progress: began(step, patch.progress, afterMs) } };
    }),
  };
};

const began = ({ progress: before }: Step, progress: Progress, afterMs: number): Progress => {
  const { done } = progress;
  if (done <= 0) return progress;
  const known = before?.began;
  return { ...progress, began: known === undefined || known.done > done ? { done, afterMs } : known };
};
