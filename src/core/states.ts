import { AppError } from "./errors.ts";

export const runStates = [
  "queued",
  "running",
  "waiting",
  "asking",
  "paused",
  "completed",
  "failed",
  "cancelled",
  "undoing",
  "undone",
] as const;
export type RunState = (typeof runStates)[number];

export const stepStates = [
  "pending",
  "running",
  "waiting",
  "asking",
  "completed",
  "failed",
  "skipped",
  "undone",
] as const;
export type StepState = (typeof stepStates)[number];

/** Which state a run may move to from each state. Nothing else in the code decides this. */
const runMoves = {
  queued: ["running", "waiting", "asking", "paused", "cancelled", "failed", "completed", "undoing"],
  running: ["queued", "waiting", "asking", "paused", "completed", "failed", "cancelled", "undoing"],
  waiting: ["queued", "running", "asking", "paused", "completed", "failed", "cancelled", "undoing"],
  asking: ["queued", "paused", "cancelled", "failed", "undoing"],
  paused: ["queued", "asking", "waiting", "cancelled", "undoing"],
  completed: ["queued", "undoing"],
  failed: ["queued", "cancelled", "undoing"],
  cancelled: ["queued", "undoing"],
  undoing: ["undone", "failed", "cancelled", "queued"],
  undone: ["queued"],
} as const satisfies Record<RunState, readonly RunState[]>;

const stepMoves = {
  pending: ["running", "waiting", "asking", "skipped", "failed", "undone"],
  running: ["pending", "waiting", "asking", "completed", "failed", "skipped"],
  waiting: ["pending", "running", "completed", "failed", "skipped"],
  asking: ["pending", "running", "completed", "failed", "skipped"],
  completed: ["pending", "undone"],
  failed: ["pending", "running", "skipped", "undone", "completed"],
  skipped: ["pending"],
  undone: ["pending"],
} as const satisfies Record<StepState, readonly StepState[]>;

const allows = <S extends string>(table: Record<S, readonly S[]>, from: S, to: S): boolean =>
  from === to || table[from].includes(to);

export const mayRunMove = (from: RunState, to: RunState): boolean => allows<RunState>(runMoves, from, to);
export const mayStepMove = (from: StepState, to: StepState): boolean =>
  allows<StepState>(stepMoves, from, to);

/** Throws AppError("internal") when the move is not in the table: that is our mistake, never a person's. */
export const assertRunMove = (from: RunState, to: RunState): void => {
  if (!mayRunMove(from, to)) throw new AppError("internal", `A run cannot go from ${from} to ${to}.`);
};
export const assertStepMove = (from: StepState, to: StepState): void => {
  if (!mayStepMove(from, to)) throw new AppError("internal", `A step cannot go from ${from} to ${to}.`);
};

/** A run that is over, until a person does something with it. */
export const isOver = (state: RunState): boolean =>
  state === "completed" || state === "failed" || state === "cancelled" || state === "undone";

/** A run that Milepost drives on by itself, now or at a later time. */
export const isDriven = (state: RunState): boolean =>
  state === "queued" || state === "running" || state === "waiting" || state === "undoing";

/** A run that Milepost looks at when its `wakeAt` comes: one that asks has one where its question has a time limit. */
export const mayWake = (state: RunState): boolean => isDriven(state) || state === "asking";

/** A step that needs nothing more before the next one may begin. */
export const isStepDone = (state: StepState): boolean => state === "completed" || state === "skipped";
