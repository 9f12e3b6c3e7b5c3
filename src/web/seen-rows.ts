import type { RunSummary } from "#core/picture.ts";
import { canAll, type Doer } from "#core/rights.ts";
import { rowSeenBy } from "#core/seen-by.ts";

/** Rows with what somebody may do with each, and a word that is the same for all who may do the same. */
export const rowsFor = (who: Doer, all: readonly RunSummary[]) => {
  // Nobody is above who may answer a question.
  if (canAll(who) && all.every(({ asks }) => asks?.answerers === undefined))
    return { rows: all, permits: "" };
  const rows = all.map((row) => rowSeenBy(row, who));
  return {
    rows,
    permits: `.${rows.map(({ may: { cancel, clone, delete: removes, answer } }) => bits(cancel, clone, removes, answer)).join("")}`,
  };
};

const bits = (...flags: readonly boolean[]): string =>
  flags.reduce((sum, flag, place) => sum + (Number(flag) << place), 0).toString(16);
