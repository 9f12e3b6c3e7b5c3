import { currentStep } from "#compat/current-step.ts";
import { isStepDone, type RunState, type StepState } from "#core/states.ts";

/** The words of the task API for the state of a run. */
export const taskStatuses = {
  queued: "pending",
  running: "running",
  // It works on by itself; that it is somebody else who works just now is told by the step.
  waiting: "running",
  asking: "waiting_approval",
  paused: "paused",
  completed: "completed",
  failed: "failed",
  cancelled: "cancelled",
  undoing: "rolling_back",
  undone: "rolled_back",
} as const satisfies Record<RunState, string>;
export type TaskStatus = (typeof taskStatuses)[RunState];

const stepStatuses = {
  pending: "pending",
  running: "running",
  waiting: "running",
  asking: "approval",
  completed: "completed",
  failed: "failed",
  skipped: "skipped",
  undone: "rolled_back",
} as const satisfies Record<StepState, string>;
export type TaskStepStatus = (typeof stepStatuses)[StepState] | "paused";

/** The states that a word of the task API stands for; none for a word that it does not have. */
export const statesOf = (status: string): RunState[] =>
  (Object.keys(taskStatuses) as RunState[]).filter((state) => taskStatuses[state] === status);

/** The word for each step, in order: in a paused run the next one to go on is `paused`, where one is left. */
export const stepStatusesOf = (state: RunState, steps: readonly { state: StepState }[]): TaskStepStatus[] => {
  const next = currentStep(state, steps);
  return steps.map(({ state: at }, index) =>
    state === "paused" && index === next && at !== "failed" && !isStepDone(at) ? "paused" : stepStatuses[at],
  );
};
