import type { ItemCounts, ItemState } from "./item.ts";
import type { ItemPlace } from "./item-table.ts";
import type { Interval } from "./time-left/estimate.ts";

/** The items of a step as pages and the API show them: how many are in which state, and a page of them, those that failed first. */
export interface ItemsSeen {
  counts: ItemCounts;
  rows: readonly ItemSeen[];
  /** What the next page is asked with as `after`; null when there is none. */
  next: string | null;
  /** Those that failed may be tried again while the others go on. */
  mayRetry: boolean;
}

export interface ItemSeen {
  key: string;
  title: string;
  state: ItemState;
  /** Its run; null before it is begun. */
  runId: string | null;
  percent: number;
  /** Of one that is at work, as past items took; null where nothing is known of that. */
  timeLeft: Interval | null;
  /** "Step 1 of 2: Copy the files", or why it failed; empty where it is not under way and has not failed. */
  now: string;
  /** What its program wrote last, while it is under way and where it failed. */
  lastLine: string | null;
  /** The number of that line in its log; 0 where there is none. */
  lastLineAt: number;
  /** A person may go on without it now. */
  maySkip: boolean;
}

export const itemsShown = 20;

export const placeText = ({ state, position }: ItemPlace): string => `${state}:${position}`;

/** Undefined where the text is none, so that the first page is shown. */
export const placeOf = (text: string | undefined): ItemPlace | undefined => {
  const [state, position] = (text ?? "").split(":");
  const at = Number(position);
  return isState(state) && Number.isInteger(at) ? { state, position: at } : undefined;
};

const isState = (text: string | undefined): text is ItemState =>
  text !== undefined &&
  /^(failed|cancelled|asking|paused|running|pending|completed|skipped|undone)$/.test(text);
