import type { RunState } from "./states.ts";

/**
 * Where an item of an `each` step is: `pending` nobody has begun, from then on as its own run is, and `skipped` a person goes on without it.
 * One that completed and has removed all that it made since is `undone`; one that failed still has, whatever it removed. In the order in which
 * people want to see them.
 */
export const itemStates = [
  "failed",
  "cancelled",
  "asking",
  "paused",
  "running",
  "pending",
  "completed",
  "skipped",
  "undone",
] as const;
export type ItemState = (typeof itemStates)[number];

/** What a run is an item of. */
export interface Parent {
  runId: string;
  stepId: string;
  /** A step that is begun anew makes its list anew; 0 for the first. */
  round: number;
  /** Its place in the list, 0 for the first. */
  position: number;
  key: string;
}

/** One of the things over which an `each` step fans out, as the store keeps it. */
export interface Item extends Parent {
  title: string;
  input: unknown;
  /** 0 for the first; an item is begun when all of the waves before are over. */
  wave: number;
  state: ItemState;
  /** Its run; null before it is begun. */
  childId: string | null;
  /** Why it failed where it has no run: that one could not be made. */
  error: string | null;
}

/** An item of a list that is frozen now. */
export type NewItem = Pick<Item, "key" | "title" | "input" | "wave">;

/** How many items are in which state. */
export type ItemCounts = Readonly<Record<ItemState, number>>;

export const noItems: ItemCounts = Object.fromEntries(itemStates.map((state) => [state, 0])) as Record<
  ItemState,
  number
>;

export const itemsIn = (counts: ItemCounts, ...states: readonly ItemState[]): number =>
  states.reduce((sum, state) => sum + counts[state], 0);

/** Begun, and not over. */
export const underWayItems = ["asking", "paused", "running"] as const satisfies readonly ItemState[];
/** Over, and not as it should be: what trying again is about. */
export const failedItems = ["failed", "cancelled"] as const satisfies readonly ItemState[];

/** Where an item is whose run is in this state. */
export const itemStateOf = ({ state, undoneAt }: { state: RunState; undoneAt: number | null }): ItemState => {
  switch (state) {
    case "queued":
    case "running":
    case "waiting":
    case "undoing":
      return "running";
    case "asking":
    case "paused":
      return state;
    case "failed":
    case "cancelled":
      return state;
    case "completed":
      return undoneAt === null ? state : "undone";
    case "undone":
      return "undone";
    default:
      return state satisfies never;
  }
};

/** "37 done, 2 failed (web7, web12), 1 not begun."; what is none is left out. `named` are some of those that failed. */
export const itemsSentence = (counts: ItemCounts, named: readonly string[]): string => {
  const failed = itemsIn(counts, ...failedItems);
  const more = failed - named.length;
  const names = named.length === 0 ? "" : [...named, ...(more > 0 ? [`${more} more`] : [])].join(", ");
  const parts = [
    `${counts.completed} done`,
    failed === 0 ? "" : `${failed} failed${names === "" ? "" : ` (${names})`}`,
    counts.running === 0 ? "" : `${counts.running} at work`,
    counts.asking === 0 ? "" : `${counts.asking} asking`,
    counts.paused === 0 ? "" : `${counts.paused} paused`,
    counts.skipped === 0 ? "" : `${counts.skipped} left out`,
    counts.undone === 0 ? "" : `${counts.undone} undone`,
    counts.pending === 0 ? "" : `${counts.pending} not begun`,
  ];
  return `${parts.filter((part) => part !== "").join(", ")}.`;
};

const between = ".";

/**
 * The id under which the runs of an `each` step's items are kept: "rotate-logs.servers". Rights, and what is said of a workflow, are those of
 * the workflow that has the step; what was learned of durations is the items' own.
 */
export const itemWorkflowId = (workflowId: string, stepId: string): string =>
  `${workflowId}${between}${stepId}`;

/** The workflow that people start and give rights to, and the steps in it that lead to this one's items. */
export const offeredId = (workflowId: string): string => workflowId.split(between, 1)[0] ?? workflowId;
export const stepsToItems = (workflowId: string): readonly string[] => workflowId.split(between).slice(1);
export const isOfItems = (workflowId: string): boolean => workflowId.includes(between);
