import type { Change } from "#core/change.ts";
import { type Expected, median, percentOf } from "#core/progress.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { PastStep, Store } from "#core/store.ts";

const pastRuns = 20;

/** Past durations per workflow, read once and again after a run of it has completed. */
export interface History {
  past(workflowId: string): Promise<readonly PastStep[]>;
  expected(workflowId: string): Promise<Expected>;
  forget(workflowId: string): void;
}

export const createHistory = (store: Pick<Store, "past">): History => {
  const known = new Map<string, Promise<{ past: readonly PastStep[]; expected: Expected }>>();
  const read = async (workflowId: string) => {
    const past = await store.past(workflowId, pastRuns);
    const byStep = Map.groupBy(
      past.filter((one) => !one.skipped),
      (one) => one.stepId,
    );
    const expected = new Map<string, number>();
    for (const [stepId, durations] of byStep)
      expected.set(stepId, median(durations.map((one) => one.activeMs)) ?? 0);
    return { past, expected };
  };
  const get = (workflowId: string) => {
    const there = known.get(workflowId);
    if (there !== undefined) return there;
    const reading = read(workflowId);
    known.set(workflowId, reading);
    reading.catch(() => known.delete(workflowId));
    return reading;
  };
  return {
    past: async (workflowId) => (await get(workflowId)).past,
    expected: async (workflowId) => (await get(workflowId)).expected,
    forget: (workflowId) => known.delete(workflowId),
  };
};

/** The same change with the run's percent brought up to what its steps will be. */
export const withPercent = (at: RunWithSteps, change: Change, expected: Expected): Change => {
  if (change.run === undefined && change.steps === undefined) return change;
  const patches = new Map((change.steps ?? []).map((one) => [one.id, one.patch]));
  const steps = at.steps.map((step) => ({ ...step, ...patches.get(step.id) }));
  const floor = change.run?.percentFloor ?? at.run.percentFloor;
  return { ...change, run: { ...change.run, percentFloor: percentOf(steps, expected, floor) } };
};
