import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "#core/clock.ts";
import type { Feed } from "#core/feed.ts";
import type { PastStep, Store } from "#core/store.ts";
import { judgedBy, learnInTurns, type Model, pastRuns } from "#core/time-left/learn.ts";
import { pastStepsOf } from "#core/time-left/past-run.ts";

/** What past runs of a workflow teach. Read once; what completes from then on is added as it is told, whoever completed it. */
export interface History {
  /** Null before the first run has completed. */
  of(workflowId: string): Promise<Model | null>;
  /** Whether any has completed, from memory; null where that is not known yet. */
  any(workflowId: string): boolean | null;
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
  learning: boolean;
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
    return { past, model: null, learnedAt: 0, stale: true, learning: false };
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
  /** The model before has looked back at all runs but the newest. Where it knows many, it serves until the new one is made. */
  const learned = async (of: Known): Promise<Model | null> => {
    const isMany = (of.model?.runs ?? 0) >= judgedBy;
    const at = now();
    const isRecent = at >= of.learnedAt && at < of.learnedAt + learnEveryMs;
    if (!of.stale || (isMany && (of.learning || isRecent))) return of.model;
    const learning = learnInTurns([...of.past.values()].flat(), of.model);
    of.learnedAt = at;
    of.stale = false;
    of.learning = true;
    try {
      for (;;) {
        const turn = learning.next();
        if (turn.done === true) {
          of.model = turn.value;
          return of.model;
        }
        if (isMany) await nextTurn();
      }
    } catch (error) {
      of.stale = true;
      throw error;
    } finally {
      of.learning = false;
    }
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
    any: (workflowId) => {
      const of = known.get(workflowId);
      return of === undefined ? null : of.past.size > 0;
    },
    close: stopListening,
  };
};
