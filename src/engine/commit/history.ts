import type { Clock } from "#core/clock.ts";
import type { Feed } from "#core/feed.ts";
import type { PastStep, Store } from "#core/store.ts";
import { judgedBy, learn, type Model, pastRuns } from "#core/time-left/learn.ts";
import { pastStepsOf } from "#core/time-left/past-run.ts";

/** What past runs of a workflow teach. Read once; what completes from then on is added as it is told, whoever completed it. */
export interface History {
  /** Null before the first run has completed. */
  of(workflowId: string): Promise<Model | null>;
  close(): void;
}

/** A model of many runs is hardly another for one more: where they come thick and fast, they are learned from together. */
const learnEveryMs = 1_000;

interface Known {
  /** By run, the newest first. */
  past: Map<string, readonly PastStep[]>;
  model: Model | null;
  learnedAt: number;
  stale: boolean;
}

export const createHistory = (
  store: Pick<Store, "past">,
  feed: Feed,
  { now }: Pick<Clock, "now">,
): History => {
  const known = new Map<string, Known>();
  const reading = new Map<string, Promise<Known>>();

  const read = async (workflowId: string): Promise<Known> => {
    const past = Map.groupBy(await store.past(workflowId, pastRuns), ({ runId }) => runId);
    return { past, model: null, learnedAt: 0, stale: true };
  };
  const find = (workflowId: string): Promise<Known> => {
    const there = reading.get(workflowId);
    if (there !== undefined) return there;
    const begun = read(workflowId).then(
      (found) => {
        if (reading.get(workflowId) !== begun) return find(workflowId);
        reading.delete(workflowId);
        known.set(workflowId, found);
        return found;
      },
      (error: unknown) => {
        reading.delete(workflowId);
        throw error;
      },
    );
    reading.set(workflowId, begun);
    return begun;
  };
  /** The model before has looked back at all runs but the newest. */
  const learned = (of: Known): Model | null => {
    const isMany = (of.model?.runs ?? 0) >= judgedBy;
    const at = now();
    if (!of.stale || (isMany && at >= of.learnedAt && at < of.learnedAt + learnEveryMs)) return of.model;
    of.model = learn([...of.past.values()].flat(), of.model);
    of.learnedAt = at;
    of.stale = false;
    return of.model;
  };

  const stopListening = feed.listen(({ run, steps, events, deleted }) => {
    const moved = events.findLast((event) => event.type === "run.state");
    // What an older run teaches may count again.
    if (deleted === true && run.state === "completed") known.delete(run.workflowId);
    if (deleted === true) return void reading.delete(run.workflowId);
    if (moved === undefined || (moved.to !== "completed" && moved.from !== "completed")) return;
    // What is being read may be without this.
    reading.delete(run.workflowId);
    const of = known.get(run.workflowId);
    if (of === undefined) return;
    const others = [...of.past].filter(([id]) => id !== run.id);
    const all =
      moved.to === "completed"
        ? [...others, [run.id, pastStepsOf(steps.map((step) => ({ ...step, size: run.size })))] as const]
        : others;
    const newest = all.sort(([one], [other]) => (one < other ? 1 : -1)).slice(0, pastRuns);
    of.past = new Map(newest);
    of.stale = true;
  });
  return {
    of: async (workflowId) => learned(known.get(workflowId) ?? (await find(workflowId))),
    close: stopListening,
  };
};
