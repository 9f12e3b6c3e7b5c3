import { AppError } from "#core/errors.ts";
import { failedItems, itemStates, itemsIn, noItems, underWayItems } from "#core/item.ts";
import type { ItemPlace, ItemWithRun } from "#core/item-table.ts";
import { type ItemSeen, type ItemsSeen, itemsShown, placeText } from "#core/items-seen.ts";
import { mayRetryItems, maySkipItem } from "#core/rules.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Store } from "#core/store.ts";
import { findStep } from "#engine/definition.ts";
import { nowLine } from "./now-line.ts";

/** The items of a step, a page of them, those that failed first. Throws AppError("not-found") where the step has none. */
export const itemsOfStep = async (
  store: Pick<Store, "items" | "logs">,
  at: RunWithSteps,
  stepId: string,
  after?: ItemPlace,
): Promise<ItemsSeen> => {
  if (findStep(at, stepId).kind !== "each") throw new AppError("not-found", "This step has no items.");
  return (
    (await itemsSeen(store, at, stepId, after)) ?? { counts: noItems, rows: [], next: null, mayRetry: false }
  );
};

/** The same; null while there is no list. */
export const itemsSeen = async (
  store: Pick<Store, "items" | "logs">,
  at: RunWithSteps,
  stepId: string,
  after?: ItemPlace,
): Promise<ItemsSeen | null> => {
  const step = findStep(at, stepId);
  const known = step.attempt === 0 ? null : await store.items.counts(at.run.id, stepId);
  if (known === null) return null;
  const found = await store.items.of(at.run.id, stepId, {
    states: itemStates,
    limit: itemsShown + 1,
    runsOf: [...underWayItems, ...failedItems],
    ...(after === undefined ? {} : { after }),
  });
  const shown = found.slice(0, itemsShown);
  const last = shown.at(-1)?.item;
  return {
    counts: known.counts,
    rows: await Promise.all(shown.map((one) => itemSeen(store, at, one))),
    mayRetry: itemsIn(known.counts, ...failedItems) > 0 && mayRetryItems(at, step),
    next: found.length > itemsShown && last !== undefined ? placeText(last) : null,
  };
};

const itemSeen = async (
  store: Pick<Store, "logs">,
  parent: RunWithSteps,
  { item, at }: ItemWithRun,
): Promise<ItemSeen> => {
  const [line] = at === null ? [] : await store.logs(at.run.id, { after: null, limit: 1 });
  const failed = at?.run.state === "failed" ? at.run.error?.message : undefined;
  return {
    key: item.key,
    title: item.title,
    state: item.state,
    runId: item.childId,
    percent: item.state === "completed" ? 100 : (at?.run.percentFloor ?? 0),
    now: item.error ?? failed ?? (at === null ? "" : nowLine(at)),
    lastLine: line?.text ?? null,
    lastLineAt: line?.n ?? 0,
    maySkip: maySkipItem(parent, item),
  };
};
