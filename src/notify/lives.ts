import type { Clock } from "#core/clock.ts";
import type { Delivery } from "#core/notify.ts";

type Live = Pick<Delivery, "id" | "channelId" | "runId">;

/** The messages that follow runs, and which of them may be out of date. From memory: at the start all are taken to be. */
export interface Lives {
  follow(delivery: Live): void;
  forget(id: string): void;
  /** Something of the run changed. */
  touched(runId: string): void;
  touchAll(): void;
  stop(): void;
}

interface LivesDeps {
  clock: Clock;
  isFree(channelId: string): boolean;
  /** Looks whether it shows something else by now, and edits it. */
  edit(live: Live): void;
}

/** Between two edits of a message: however many events come meanwhile, they are one edit. */
export const betweenEditsMs = 3_000;

export const createLives = ({ clock, isFree, edit }: LivesDeps): Lives => {
  const byRun = new Map<string, Map<string, Live>>();
  const touched = new Set<Live>();
  let cancel: (() => void) | null = null;

  const plan = (): void => {
    if (cancel === null && touched.size > 0) cancel = clock.after(betweenEditsMs, flush);
  };
  const flush = (): void => {
    cancel = null;
    for (const live of touched) {
      if (!isFree(live.channelId)) continue;
      touched.delete(live);
      edit(live);
    }
    plan();
  };
  const find = (id: string): Live | undefined => {
    for (const lives of byRun.values()) {
      const found = lives.get(id);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const touch = (runId: string): void => {
    for (const live of byRun.get(runId)?.values() ?? []) touched.add(live);
    plan();
  };
  return {
    follow: (live) => {
      if (live.runId === null || find(live.id) !== undefined) return;
      const { id, channelId, runId } = live;
      const lives = byRun.get(runId) ?? new Map<string, Live>();
      byRun.set(runId, lives.set(id, { id, channelId, runId }));
    },
    forget: (id) => {
      const live = find(id);
      if (live === undefined || live.runId === null) return;
      touched.delete(live);
      const lives = byRun.get(live.runId);
      lives?.delete(id);
      if (lives?.size === 0) byRun.delete(live.runId);
    },
    touched: touch,
    touchAll: () => {
      for (const runId of byRun.keys()) touch(runId);
    },
    stop: () => cancel?.(),
  };
};
