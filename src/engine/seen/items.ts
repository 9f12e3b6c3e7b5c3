import { AppError } from "#core/errors.ts";
import { failedItems, itemStates, itemsIn, noItems, underWayItems } from "#core/item.ts";
import type { ItemPlace, ItemWithRun } from "#core/item-table.ts";
import { type ItemSeen, type ItemsSeen, itemsShown, placeText } from "#core/items-seen.ts";
import { mayRetryItems, maySkipItem } from "#core/rules.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Store } from "#core/store.ts";
import { findStep } from "#engine/definition.ts";
import type { ItemRuns } from "./item-runs.ts";

interface Parts {
  store: Pick<Store, "items">;
  itemRuns: ItemRuns;
}

/** The items of a step, a page of them, those that failed first. Throws AppError("not-found") where the step has none. */
export const itemsOfStep = async (
  parts: Parts,
  at: RunWithSteps,
  stepId: string,
  after?: ItemPlace,
): Promise<ItemsSeen> => {
  if (findStep(at, stepId).kind !== "each") throw new AppError("not-found", "This step has no items.");
  return (
    (await itemsSeen(parts, at, stepId, after)) ?? { counts: noItems, rows: [], next: null, mayRetry: false }
  );
};

/** The same; null while there is no list. */
export const itemsSeen = async (
  { store: { items }, itemRuns }: Parts,
  at: RunWithSteps,
  stepId: string,
  after?: ItemPlace,
): Promise<ItemsSeen | null> => {
  const step = findStep(at, stepId);
  const known = step.attempt === 0 ? null : await items.counts(at.run.id, stepId);
  if (known === null) return null;
  const { counts } = known;
  const found = await items.of(at.run.id, stepId, {
    states: itemStates.filter((state) => counts[state] > 0 || state === after?.state),
    limit: itemsShown + 1,
    runsOf: [],
    ...(after === undefined ? {} : { after }),
  });
  const shown = found.slice(0, itemsShown);
  const last = shown.at(-1)?.item;
  return {
    counts,
    rows: await Promise.all(shown.map((one) => itemSeen(itemRuns, at, one))),
    mayRetry: itemsIn(counts, ...failedItems) > 0 && mayRetryItems(at, step),
    next: found.length > itemsShown && last !== undefined ? placeText(last) : null,
  };
};

/** Those that are over as they should be say nothing more. */
const telling: readonly string[] = [...underWayItems, ...failedItems];

const itemSeen = async (runs: ItemRuns, parent: RunWithSteps, one: ItemWithRun): Promise<ItemSeen> => {
  const { item } = one;
  const seen = telling.includes(item.state) ? await runs.of(one, parent.run.workflowId) : null;
  return {
    key: item.key,
    title: item.title,
    state: item.state,
    runId: item.childId,
    percent: item.state === "completed" ? 100 : (seen?.percent ?? 0),
    timeLeft: seen?.timeLeft ?? null,
    now: item.error ?? seen?.now ?? "",
    lastLine: seen?.lastLine ?? null,
    lastLineAt: seen?.lastLineAt ?? 0,
    maySkip: maySkipItem(parent, item),
  };
};
