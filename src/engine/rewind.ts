import type { Change, StepPatch } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import { act, assertAtRest, findStep, type VerbDeps } from "./verb.ts";

const fresh: StepPatch = {
  state: "pending",
  attempt: 0,
  startedAt: null,
  endedAt: null,
  activeMs: 0,
  attemptAt: null,
  quietMs: 0,
  progress: null,
  share: null,
  substeps: [],
  detail: null,
  form: null,
  error: null,
  waiting: null,
};

/** Goes back to a step. Its own answer stays to fill its form again; later answers and results are cleared. Files and registry rows stay. */
export const rewind = (deps: VerbDeps, runId: string, stepId: string, by: string): Promise<void> =>
  act(deps, runId, (now, at) => {
    assertAtRest(now, at, ["asking", "waiting", "paused", "failed", "completed", "cancelled"], "go back");
    const target = findStep(now, stepId);
    if (target.state === "pending")
      throw new AppError("not-allowed-now", `“${target.title}” has not begun yet.`);
    return rewoundChange(now, target, by, at);
  });

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
      { id: target.id, patch: fresh },
      ...later.map((step) => ({ id: step.id, patch: { ...fresh, result: null } })),
    ],
    events: [
      { type: "run.rewound", stepId: target.id, by, cleared },
      { type: "run.state", from: now.run.state, to: "queued" },
    ],
  };
};
