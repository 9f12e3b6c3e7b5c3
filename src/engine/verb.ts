import type { Change } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { RunState } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import type { EngineDeps } from "./deps.ts";

/** What every verb is given. `wake` makes a worker look at once. */
export interface VerbDeps extends EngineDeps {
  wake(): void;
}

/** Reads, decides and commits in one transaction, tells the feed, and wakes the worker. */
export const act = async (
  deps: VerbDeps,
  runId: string,
  decide: (now: RunWithSteps, at: number) => Change,
): Promise<void> => {
  const at = deps.clock.now();
  deps.feed.tell(await deps.store.change(runId, at, (now) => decide(now, at)));
  deps.wake();
};

/** A worker has the run in its hands at this moment. */
export const isHeld = (now: RunWithSteps, at: number): boolean =>
  now.run.claimedBy !== null && (now.run.claimedUntil ?? 0) > at;

export const assertNotFinalized = ({ run }: RunWithSteps): void => {
  if (run.finalizedAt !== null)
    throw new AppError("finalized", "This run is finalized, so it is read-only. Unlock it first.");
};

/** Refuses unless the run is in one of `states` and nobody works on it right now. */
export const assertAtRest = (
  now: RunWithSteps,
  at: number,
  states: readonly RunState[],
  verb: string,
): void => {
  assertNotFinalized(now);
  if (!states.includes(now.run.state)) {
    throw new AppError("not-allowed-now", `A run that is ${now.run.state} cannot be told to ${verb}.`);
  }
  if (isHeld(now, at)) {
    throw new AppError("not-allowed-now", `The run is at work at this moment. Pause it first, then ${verb}.`);
  }
};

export const findRun = async ({ store }: Pick<EngineDeps, "store">, runId: string): Promise<RunWithSteps> => {
  const found = await store.run(runId);
  if (found === null) throw new AppError("not-found", "There is no such run.");
  return found;
};

export const findStep = (now: RunWithSteps, stepId: string): Step => {
  const step = now.steps.find((one) => one.id === stepId);
  if (step === undefined) throw new AppError("not-found", `This run has no step “${stepId}”.`);
  return step;
};
