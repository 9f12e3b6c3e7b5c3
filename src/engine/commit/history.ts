import type { Feed } from "#core/feed.ts";
import { type Expected, median } from "#core/progress.ts";
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

/** Past durations per workflow, read once and again after a run of it has completed, whoever completed it. */
export interface History {
  of(workflowId: string): Promise<Known>;
  close(): void;
}

export const createHistory = (store: Pick<Store, "past" | "estimates">, feed: Feed): History => {
  const known = new Map<string, Promise<Known>>();
  const read = async (workflowId: string): Promise<Known> => {
    const [past, estimates] = await Promise.all([
      store.past(workflowId, pastRuns),
      store.estimates(workflowId, pastRuns),
    ]);
    return { expected: expectedOf(past), model: learn(past, estimates) };
  };
  const stopListening = feed.listen(({ run, events }) => {
    if (events.some((event) => event.type === "run.state" && event.to === "completed"))
      known.delete(run.workflowId);
  });
  return {
    of: (workflowId) => {
      const there = known.get(workflowId);
      if (there !== undefined) return there;
      const reading = read(workflowId);
      known.set(workflowId, reading);
      reading.catch(() => known.delete(workflowId));
      return reading;
    },
    close: stopListening,
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
