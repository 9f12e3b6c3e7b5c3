import type { Feed } from "#core/feed.ts";
import type { Store } from "#core/store.ts";
import { learn, type Model, pastRuns } from "#core/time-left/learn.ts";

/** What past runs of a workflow teach, read once and again after a run of it has completed, whoever completed it. */
export interface History {
  /** Null before the first run has completed. */
  of(workflowId: string): Promise<Model | null>;
  close(): void;
}

export const createHistory = (store: Pick<Store, "past">, feed: Feed): History => {
  const known = new Map<string, Promise<Model | null>>();
  // The model before has looked back at all runs but the newest.
  const before = new Map<string, Model>();
  const read = async (workflowId: string): Promise<Model | null> => {
    const model = learn(await store.past(workflowId, pastRuns), before.get(workflowId) ?? null);
    if (model !== null) before.set(workflowId, model);
    return model;
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
