import { AppError, noWorkflow } from "#core/errors.ts";
import { can, type Doer, hiddenFrom } from "#core/rights.ts";
import type { When } from "#core/trigger.ts";

/**
 * That something may start runs of a workflow for somebody, and hand on to them what the runs hold that it follows. Throws
 * AppError("forbidden"); a workflow that is hidden from them is answered as one that never was.
 */
export const assertMayStartByItself = (
  who: Doer,
  { workflowId, when }: { workflowId: string; when?: When },
): void => {
  const followed = when?.kind === "after" ? when.workflowId : null;
  for (const id of [workflowId, followed])
    if (id !== null && hiddenFrom(who).includes(id)) throw noWorkflow(id);
  if (!can(who, "run", { workflowId }))
    throw new AppError("forbidden", "You may not start this workflow, so nothing may start it for you.");
  if (followed !== null && !can(who, "read", { workflowId: followed }))
    throw new AppError(
      "forbidden",
      "You may not look at the runs that it would follow, so nothing may take anything from them for you.",
    );
};
