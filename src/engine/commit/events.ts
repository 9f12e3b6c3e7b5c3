import type { StepPatch } from "#core/change.ts";
import type { NewEvent } from "#core/event.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import { changedSubsteps } from "#core/substeps.ts";
import type { Move } from "#engine/moves/move.ts";

/**
 * The events that tell a move: what happened besides, then each step's, then the run's. They follow from the patches, so that
 * whoever replays a run's events comes to exactly its rows.
 */
export const eventsOf = (
  now: RunWithSteps,
  { run = {}, steps = [], facts = [], because, by }: Move,
): NewEvent[] => {
  const who = by ?? "Milepost";
  const events: NewEvent[] = [];
  if (run.wish != null && run.wish !== now.run.wish)
    events.push({ type: "run.asked", wish: run.wish, by: who });
  if (run.finalizedAt !== undefined && run.finalizedAt !== now.run.finalizedAt)
    events.push({ type: run.finalizedAt === null ? "run.unlocked" : "run.finalized", by: who });
  events.push(...facts);
  const patches = new Map<string, StepPatch>();
  for (const { id, patch } of steps) patches.set(id, { ...patches.get(id), ...patch });
  for (const [id, patch] of patches) {
    const step = now.steps.find((one) => one.id === id);
    if (step !== undefined) events.push(...ofStep(step, patch, by));
  }
  if (run.state !== undefined && run.state !== now.run.state) {
    const why = because === undefined ? {} : { because };
    events.push({ type: "run.state", from: now.run.state, to: run.state, ...why });
  }
  return events;
};

const ofStep = (step: Step, patch: StepPatch, by: string | undefined): NewEvent[] => {
  const stepId = step.id;
  const after = { ...step, ...patch };
  const { state, attempt, detail, error, waiting } = after;
  const events: NewEvent[] = [];
  // A new attempt of a step that was cut off goes from running to running, and is told all the same.
  const moved = state !== step.state || attempt !== step.attempt;
  const newWait = patch.waiting != null && (moved || patch.waiting.looks !== step.waiting?.looks);
  if (patch.progress != null)
    events.push({ type: "step.progress", stepId, progress: patch.progress, share: after.share });
  if (patch.substeps !== undefined && attempt === step.attempt && !areNone(patch.substeps, step.substeps)) {
    const changed = changedSubsteps(step.substeps, patch.substeps);
    if (changed === null) events.push({ type: "step.substeps", stepId, substeps: patch.substeps });
    else if (changed.length > 0) events.push({ type: "step.substeps", stepId, changed });
  }
  if (newWait && waiting?.for === "look" && waiting.looks > 0) {
    const { word, looks, nextAt } = waiting;
    events.push({ type: "step.look", stepId, word, looks, nextAt });
  }
  if (patch.error != null && error !== null) {
    const told = { stepId, code: error.code, message: error.message, attempt };
    if (newWait && waiting?.for === "retry")
      events.push({ type: "step.retry", ...told, nextAt: waiting.nextAt });
    else events.push({ type: "step.failed", ...told });
  }
  if (moved) {
    events.push({
      type: "step.state",
      stepId,
      from: step.state,
      to: state,
      attempt,
      ...(detail === null ? {} : { detail }),
      ...(by === undefined ? {} : { by }),
      ...(state === "asking" && waiting !== null
        ? { answer: { by: waiting.nextAt, word: waiting.word } }
        : {}),
    });
  } else if (detail !== step.detail || (error === null && step.error !== null)) {
    const settled = error === null && step.error !== null ? ({ settled: true } as const) : {};
    events.push({ type: "step.detail", stepId, detail, ...settled });
  }
  return events;
};

const areNone = (...lists: readonly (readonly unknown[])[]): boolean =>
  lists.every((list) => list.length === 0);
