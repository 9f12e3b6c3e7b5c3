import { isOver, isStepDone, type RunState, type StepState } from "#core/states.ts";

/** The index of the step that a run is at: the first that is not done, or the last one. */
export const currentStep = (state: RunState, steps: readonly { state: StepState }[]): number => {
  const failed = isOver(state) ? steps.findIndex((step) => step.state === "failed") : -1;
  if (failed >= 0) return failed;
  const next = steps.findIndex((step) => !isStepDone(step.state));
  return next < 0 ? steps.length - 1 : next;
};
