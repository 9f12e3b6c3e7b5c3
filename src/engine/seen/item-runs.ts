import { itemWorkflowId } from "#core/item.ts";
import type { ItemWithRun } from "#core/item-table.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Store } from "#core/store.ts";
import type { Interval } from "#core/time-left/estimate.ts";
import { timeLeft } from "#core/time-left/time-left.ts";
import type { History } from "#engine/commit/history.ts";
import { spentOf } from "#engine/commit/told.ts";
import { nowLine } from "./now-line.ts";

/** What an item's run says of itself. */
export interface ItemRun {
  percent: number;
  now: string;
  /** Null where nothing is known of that, or nothing works on it. */
  timeLeft: Interval | null;
  lastLine: string | null;
  lastLineAt: number;
}

/** The runs of items, each drawn once for each of its versions: a list of items is drawn whenever one of them has changed. */
export interface ItemRuns {
  /** Null where there is no such run any more. */
  of(found: Pick<ItemWithRun, "item" | "version">, workflowId: string): Promise<ItemRun | null>;
}

interface Known {
  at: RunWithSteps;
  drawn: ItemRun;
  reckonedAt: number;
}

/** Beyond this many, the one that was looked at longest ago is read again. */
const most = 2_000;
/** What is left follows the clock, too. Milliseconds. */
const reckonEveryMs = 5_000;

export const createItemRuns = (
  store: Pick<Store, "run" | "logs">,
  history: History,
  clock: { now(): number },
): ItemRuns => {
  const known = new Map<string, Known>();
  return {
    of: async ({ item: { childId, stepId }, version }, workflowId) => {
      if (childId === null) return null;
      const before = known.get(childId);
      const isSame = before !== undefined && before.at.run.version === version;
      const now = clock.now();
      if (isSame && now < before.reckonedAt + reckonEveryMs) return before.drawn;
      const at = isSame ? before.at : await store.run(childId);
      if (at === null) return null;
      const left = await leftOf(at, workflowId, stepId, now);
      const drawn = isSame ? { ...before.drawn, timeLeft: left } : { ...(await draw(at)), timeLeft: left };
      known.delete(childId);
      known.set(childId, { at, drawn, reckonedAt: now });
      const [oldest = ""] = known.keys();
      if (known.size > most) known.delete(oldest);
      return drawn;
    },
  };

  async function leftOf(
    { run, steps }: RunWithSteps,
    workflowId: string,
    stepId: string,
    now: number,
  ): Promise<Interval | null> {
    if (run.state !== "queued" && run.state !== "running" && run.state !== "waiting") return null;
    const model = await history.of(itemWorkflowId(workflowId, stepId));
    return timeLeft(steps, model, spentOf(steps, now), run.size).run;
  }

  async function draw(at: RunWithSteps): Promise<Omit<ItemRun, "timeLeft">> {
    const { id, state, error, percentFloor } = at.run;
    const [line] = await store.logs(id, { after: null, limit: 1 });
    return {
      percent: percentFloor,
      now: (state === "failed" ? error?.message : undefined) ?? nowLine(at),
      lastLine: line?.text ?? null,
      lastLineAt: line?.n ?? 0,
    };
  }
};
