import { failedItems, type ItemCounts, itemsIn, itemsSentence } from "#core/item.ts";
import type { ItemWithRun } from "#core/item-table.ts";
import type { Step } from "#core/step.ts";
import type { Interval } from "#core/time-left/estimate.ts";
import type { ItemsSeen } from "#engine/moves/each.ts";

/** What a look at the items of a step tells of them. */
export const seenOf = (
  counts: ItemCounts,
  underWay: readonly ItemWithRun[],
  { all, what, left }: { all: number; what: string; left?: Interval | null | undefined },
): ItemsSeen => {
  const over = overIn(counts);
  const ofThose = underWay.reduce((sum, { at }) => sum + (at?.run.percentFloor ?? 0) / 100, 0);
  return {
    word: itemsSentence(counts, []),
    progress: {
      done: over,
      total: all,
      what,
      unit: "items",
      perSecond: null,
      ...(left !== undefined && { left }),
    },
    share: all === 0 ? 1 : Math.min(1, (over + ofThose) / all),
    signAt: Math.max(0, ...underWay.flatMap(({ at }) => at?.steps.map((one) => one.signAt ?? 0) ?? [])),
  };
};

/** Where short items end all the time, how far each of those at work is and what is left are asked once for each hundredth of the list. */
export const isFarther = ({ progress }: Step, counts: ItemCounts, all: number): boolean =>
  progress === null ||
  progress.done === null ||
  Math.floor((100 * overIn(counts)) / all) !== Math.floor((100 * progress.done) / all);

const overIn = (counts: ItemCounts): number => itemsIn(counts, "completed", "skipped", ...failedItems);
