import type { Item, ItemCounts, ItemState } from "./item.ts";
import type { RunWithSteps } from "./run.ts";

/** An item and, where it was begun, its run. */
export interface ItemWithRun {
  item: Item;
  /** Of its run, as it is now; null before it was begun. */
  version: number | null;
  at: RunWithSteps | null;
}

/** The items of `each` steps: of each step those of its newest list. They change with their runs, in the same commits. */
export interface ItemTable {
  /** How many there are in each state, and of the step's newest list which one that is; null before there is any. */
  counts(runId: string, stepId: string): Promise<{ counts: ItemCounts; round: number } | null>;
  /**
   * Those in these states, state by state, each in the order of the list; with `last` from its end. With `runsOf` the runs of those in other
   * states are not read.
   */
  of(
    runId: string,
    stepId: string,
    query: {
      states: readonly ItemState[];
      limit: number;
      after?: ItemPlace;
      last?: true;
      runsOf?: readonly ItemState[];
    },
  ): Promise<ItemWithRun[]>;
  find(runId: string, stepId: string, key: string): Promise<ItemWithRun | null>;
  /** The ids of the runs that were made as items of a run, of whatever step and list, as long as they are there. */
  childrenOf(runId: string, limit: number): Promise<string[]>;
}

/** Where a page of items ends. */
export interface ItemPlace {
  state: ItemState;
  position: number;
}
