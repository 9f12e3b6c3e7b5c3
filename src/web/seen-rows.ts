import type { RunSummary } from "#core/picture.ts";
import { canAll, type Doer } from "#core/rights.ts";
import { rowSeenBy } from "#core/seen-by.ts";

/** Rows with what somebody may do with each, and a word that is the same for all who may do the same. */
export const rowsFor = (who: Doer, all: readonly RunSummary[]) => {
  if (canAll(who)) return { rows: all, permits: "" };
  const rows = all.map((row) => rowSeenBy(row, who));
  return {
    rows,
    permits: `.${rows.map(({ may }) => Number(may.cancel) + 2 * Number(may.clone) + 4 * Number(may.delete)).join("")}`,
  };
};
