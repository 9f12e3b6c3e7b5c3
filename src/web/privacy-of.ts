import { AppError, noRun } from "#core/errors.ts";
import { type Unprivate, unprivate } from "#core/shared-run.ts";
import type { WebDeps } from "./deps.ts";

/** What was typed to start a run as far as it is for strangers, and what blots the rest out. Throws AppError("not-found"). */
export const privacyOf = async (
  { engine, store }: Pick<WebDeps, "engine" | "store">,
  runId: string,
): Promise<Unprivate> => {
  const at = await store.run(runId);
  // What an item's run is given comes of what was typed to start the run above.
  const top = at?.run.family ? await store.run(at.run.family) : at;
  if (at === null || top === null) throw new AppError("not-found", noRun);
  const flow = engine.workflows.find(({ id }) => id === top.run.workflowId);
  const { values, mask } = unprivate({ ...at.run, values: top.run.values }, flow?.start.privates ?? null);
  return { values: top === at ? values : {}, mask };
};
