import type { Change } from "#core/change.ts";
import { type Expected, median, percentOf } from "#core/progress.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { PastStep, Store } from "#core/store.ts";
import { learn, type Model } from "#core/time-left/model.ts";

/** How many completed runs a workflow is judged by. */
export const pastRuns = 30;

/** What past runs of a workflow teach. */
export interface Known {
  expected: Expected;
  /** Null before the first run has completed. */
  model: Model | null;
}

/** Past durations per workflow, read once and again after a run of it has completed. */
export interface History {
  of(workflowId: string): Promise<Known>;
  forget(workflowId: string): void;
}

export const createHistory = (store: Pick<Store, "past" | "estimates">): History => {
  const known = new Map<string, Promise<Known>>();
  const read = async (workflowId: string): Promise<Known> => {
    const [past, estimates] = await Promise.all([
      store.past(workflowId, pastRuns),
      store.estimates(workflowId, pastRuns),
    ]);
    return { expected: expectedOf(past), model: learn(past, estimates) };
  };
  return {
    of: (workflowId) => {
      const there = known.get(workflowId);
      if (there !== undefined) return there;
      const reading = read(workflowId);
      known.set(workflowId, reading);
      reading.catch(() => known.delete(workflowId));
      return reading;
    },
    forget: (workflowId) => known.delete(workflowId),
  };
};

const expectedOf = (past: readonly PastStep[]): Expected => {
  const done = past.filter((one) => !one.skipped);
  return new Map(
    [...Map.groupBy(done, (one) => one.stepId)].map(([stepId, ones]) => [
      stepId,
      median(ones.map((one) => one.activeMs)) ?? 0,
    ]),
  );
};

/** The same change with the run's percent brought up to what its steps will be. */
export const withPercent = (at: RunWithSteps, change: Change, expected: Expected): Change => {
  if (change.run === undefined && change.steps === undefined) return change;
  const { steps } = changed(at, change);
  const floor = change.run?.percentFloor ?? at.run.percentFloor;
  return { ...change, run: { ...change.run, percentFloor: percentOf(steps, expected, floor) } };
};

/** The run as it is after a change. */
export const changed = (at: RunWithSteps, change: Change): RunWithSteps => {
  const patches = new Map((change.steps ?? []).map((one) => [one.id, one.patch]));
  return {
    run: { ...at.run, ...change.run },
    steps: at.steps.map((step) => ({ ...step, ...patches.get(step.id) })),
  };
};
