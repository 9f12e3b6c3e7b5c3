import { AppError } from "./errors.ts";
import type { Event, NewEvent, NewLogLine } from "./event.ts";
import type { ItemState, NewItem } from "./item.ts";
import type { NewRun } from "./new-run.ts";
import type { Run, RunWithSteps } from "./run.ts";
import { assertRunMove, assertStepMove } from "./states.ts";
import type { NewStep, Step } from "./step.ts";
import type { Estimate } from "./time-left/estimate.ts";

/** What may be changed of a run. Its numbers (version, lastEvent, epoch, changedAt, turnPlace) are the store's. */
export type RunPatch = Partial<
  Omit<
    Run,
    | "id"
    | "number"
    | "workflowId"
    | "version"
    | "lastEvent"
    | "epoch"
    | "changedAt"
    | "createdAt"
    | "createdBy"
    | "starter"
    | "cause"
    | "turnPlace"
    | "trimmedAt"
    | "trimmedDays"
    | "parent"
    | "family"
  >
>;
export type StepPatch = Partial<Omit<Step, "runId" | "id" | "position" | "kind">>;

/** A change of a run and the events that tell it: one commit. */
export interface Change {
  run?: RunPatch;
  steps?: readonly { id: string; patch: StepPatch }[];
  /** The run's steps from this position on are others, which nobody has begun. */
  anew?: { from: number; steps: readonly NewStep[] };
  items?: ItemChange;
  events: readonly NewEvent[];
  logs?: readonly NewLogLine[];
  /** What was told of the rest of the run, kept so that it can be held against what came; one of the same tenth is replaced. */
  estimates?: readonly Estimate[];
}

/** What changes of the items of an `each` step. */
export interface ItemChange {
  stepId: string;
  /** The list, which from now on is the step's. */
  frozen?: readonly NewItem[];
  /** Those that failed or were cancelled are to be begun again. */
  again?: true;
  /** Runs for items that are pending; whichever is not any more is left as it is. */
  begun?: readonly { position: number; run: NewRun; steps: readonly NewStep[] }[];
  moved?: readonly { position: number; to: ItemState; error?: string }[];
}

/** What was committed. */
export interface Recorded {
  run: Run;
  steps: readonly Step[];
  events: readonly Event[];
  /** Other runs that the same commit changed: those of its items that were begun, or the run that it is an item of. */
  also?: readonly Recorded[];
  /** The run is there no more; it was as it is told here. */
  deleted?: true;
}

/** Refuses a change that makes a move which the tables of states do not allow. Every store calls it inside the transaction. */
export const assertMoves = (at: RunWithSteps, change: Change): void => {
  if (change.run?.state !== undefined) assertRunMove(at.run.state, change.run.state);
  for (const { id, patch } of change.steps ?? []) {
    const step = at.steps.find((one) => one.id === id);
    if (step === undefined) throw new AppError("internal", `Run ${at.run.id} has no step "${id}".`);
    if (patch.state !== undefined) assertStepMove(step.state, patch.state);
  }
};

/** A run that the same person was given under the same key before, and what had been asked for. */
export interface Given {
  runId: string;
  asked: string;
}

/** This key has led to a run already. */
export class AlreadyStarted extends Error {
  override readonly name = "AlreadyStarted";
  readonly given: Given;
  constructor(given: Given) {
    super(`started before: ${given.runId}`);
    this.given = given;
  }
}

/** A worker tried to record for a run that another worker has taken since. */
export class Fenced extends Error {
  override readonly name = "Fenced";
}
