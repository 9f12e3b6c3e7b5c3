import type { Export } from "#core/exports.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Store } from "#core/store.ts";

/** The export whose id one of the steps gave as its result, the last such step's. */
export const exportOf = async (store: Store, { steps }: RunWithSteps): Promise<Export | null> => {
  const ids = steps.map((step) => exportIdIn(step.result)).filter((id) => id !== null);
  const id = ids.at(-1);
  return id === undefined ? null : store.exports.get(id);
};

const exportIdIn = (result: unknown): string | null =>
  typeof result === "object" && result !== null && "exportId" in result && typeof result.exportId === "string"
    ? result.exportId
    : null;
