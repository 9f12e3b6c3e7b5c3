import { AppError } from "#core/errors.ts";
import { failedItems, itemsIn } from "#core/item.ts";
import { mayRetryItems } from "#core/rules.ts";
import { findRun, findStep } from "#engine/definition.ts";
import type { EngineParts } from "#engine/parts.ts";
import { commitOnce } from "./act.ts";
import { retry } from "./retry.ts";

/**
 * Tries the items of a step again that failed, and no other: while the step goes on they are begun again as its places become free; where the run
 * is over, it goes on with what is left. Throws AppError("not-allowed-now") where none failed.
 */
export const retryItems = async (
  parts: EngineParts,
  runId: string,
  stepId: string,
  by: string,
): Promise<void> => {
  const before = await findRun(parts, runId);
  if (findStep(before, stepId).kind !== "each") throw new AppError("not-found", "This step has no items.");
  const known = await parts.store.items.counts(runId, stepId);
  if (known === null || itemsIn(known.counts, ...failedItems) === 0)
    throw new AppError("not-allowed-now", "None of its items has failed.");
  if (!mayRetryItems(before, findStep(before, stepId))) return retry(parts, runId, by, { stepId });
  await commitOnce(parts, before.run, (now, at) => {
    if (!mayRetryItems(now, findStep(now, stepId)))
      throw new AppError("not-allowed-now", "The run just changed; look again.");
    return { items: { stepId, again: true }, run: { wakeAt: at }, because: `${by} asked to try again` };
  });
  parts.wake();
};
