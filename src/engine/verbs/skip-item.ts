import { AppError } from "#core/errors.ts";
import { maySkipItem } from "#core/rules.ts";
import { findRun, findStep } from "#engine/definition.ts";
import type { EngineParts } from "#engine/parts.ts";
import { commitOnce } from "./act.ts";

/** Goes on without one item of a step: it failed, was cancelled or has not begun. */
export const skipItem = async (
  parts: EngineParts,
  runId: string,
  stepId: string,
  key: string,
  by: string,
): Promise<void> => {
  const { run } = await findRun(parts, runId);
  const found = await parts.store.items.find(runId, stepId, key);
  if (found === null) throw new AppError("not-found", `This step has no item “${key}”.`);
  const { item, at: child } = found;
  await commitOnce(parts, run, (now, _at) => {
    findStep(now, stepId);
    // Another one may have begun it since it was read.
    if (!maySkipItem(now, item) || now.run.version !== run.version)
      throw new AppError("not-allowed-now", `“${item.title}” is ${item.state}, or just changed; look again.`);
    const { position, title } = item;
    return {
      items: { stepId, moved: [{ position, to: "skipped" }] },
      facts: [{ type: "step.item", stepId, key, title, to: "skipped", by }],
      by,
      run: child === null && now.run.state === "waiting" ? { wakeAt: parts.clock.now() } : {},
    };
  });
  parts.wake();
};
