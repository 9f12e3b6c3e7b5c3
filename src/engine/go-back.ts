import type { Change } from "#core/change.ts";
import type { RunWithSteps } from "#core/run.ts";
import { type Step, untried } from "#core/step.ts";

/** Undoes from the end down to `target` where something was made, and then goes on from there; at once where nothing was. */
export const goneBack = (
  now: RunWithSteps,
  target: Step,
  because: string,
  by: string,
  at: number,
): Change => {
  if (!now.steps.some((step) => step.position >= target.position && isMade(step))) {
    return rewoundChange(now, target, by, at);
  }
  return {
    run: {
      state: "undoing",
      undoTo: target.id,
      wakeAt: at,
      error: null,
      cancel: null,
      endedAt: null,
      pausedFrom: null,
    },
    events: [
      {
        type: "run.state",
        from: now.run.state,
        to: "undoing",
        because: `${because}, down to “${target.title}”`,
      },
    ],
  };
};

/** Something of this step may be there, and can be undone. */
export const isMade = ({ undoable, state, attempt }: Step): boolean =>
  undoable && (state === "completed" || (state === "failed" && attempt > 0));

/** The run goes on from `target`, as if what came after had never been. */
export const rewoundChange = (now: RunWithSteps, target: Step, by: string, at: number): Change => {
  const later = now.steps.filter((step) => step.position > target.position);
  const cleared = later.filter((step) => step.state !== "pending").map((step) => step.id);
  return {
    run: {
      state: "queued",
      wakeAt: at,
      error: null,
      cancel: null,
      outcome: null,
      endedAt: null,
      percentFloor: 0,
      pausedFrom: null,
    },
    steps: [
      { id: target.id, patch: untried },
      ...later.map((step) => ({ id: step.id, patch: { ...untried, result: null } })),
    ],
    events: [
      { type: "run.rewound", stepId: target.id, by, cleared },
      { type: "run.state", from: now.run.state, to: "queued" },
    ],
  };
};
