import { isNumeric, isText } from "#apps/runtime/kinds.ts";
import type { Column, Table } from "#apps/runtime/schema.ts";
import { isState, labelOf } from "./names.ts";
import { singular } from "./plural.ts";

const mostSearched = 6;
const mostFilters = 6;
const mostTotals = 6;
/** Columns that name a row to people, the best first. */
export const namesBest: readonly string[] =
  "name title number subject task code guest_name opponent device product customer sku address issue description".split(
    " ",
  );

/**
 * A table from its columns alone: what names a row, what the search looks into, what can be filtered by, the column whose values are the
 * lanes of a board, and the alert for stock that runs low.
 */
export const finishTable = (words: string, columns: Readonly<Record<string, Column>>): Table => ({
  title: labelOf(words),
  singular: labelOf(singular(words)),
  columns: { ...columns },
  ...choicesFor(columns),
});

/** What follows from a table's columns; taken anew whenever they change. */
export const choicesFor = (
  columns: Readonly<Record<string, Column>>,
): Pick<Table, "name" | "search" | "filters" | "board" | "alert" | "totals"> => {
  const totals = Object.keys(columns).filter((id) => isSummed(id, columns[id]));
  const all = Object.entries(columns);
  return {
    name: nameColumn(columns),
    search: all
      .filter(([, { type, options }]) => isText(type) && type !== "url" && options === undefined)
      .map(([id]) => id)
      .slice(0, mostSearched),
    filters: all
      .filter(([, { type, options }]) => options !== undefined || type === "boolean" || type === "reference")
      .sort(([, a], [, b]) => rank(a) - rank(b))
      .map(([id]) => id)
      .slice(0, mostFilters),
    board: all.find(([id, { options }]) => (options?.length ?? 0) > 1 && isState(id))?.[0] ?? null,
    alert: alertOf(columns),
    ...(totals.length === 0 ? {} : { totals: totals.slice(0, mostTotals) }),
  };
};

/** A sum of prices, years or limits says nothing. */
const isSummed = (id: string, column: Column | undefined): boolean =>
  column !== undefined &&
  isNumeric(column.type) &&
  column.type !== "percent" &&
  !column.unique &&
  !/(?:^|_)(?:year|age|level|rating|stars|score|grade|average|floor|size|number|no|price|rate|latitude|longitude|wait|length|width|height|depth|temperature)$|^(?:min|max)_|_per_|^unit_/.test(
    id,
  );

const rank = ({ options, type }: Column): number =>
  options !== undefined ? 0 : type === "reference" ? 1 : 2;

const nameColumn = (columns: Readonly<Record<string, Column>>): string => {
  const ids = Object.keys(columns);
  const best = namesBest.find((id) => Object.hasOwn(columns, id));
  if (best !== undefined && best !== "description" && best !== "issue") return best;
  const plain = (id: string) => columns[id]?.type === "text" && columns[id]?.options === undefined;
  return (
    ids.find((id) => plain(id) && columns[id]?.required) ??
    best ??
    ids.find((id) => columns[id]?.type === "reference" && columns[id]?.required) ??
    ids.find((id) => columns[id]?.required) ??
    ids.find(plain) ??
    ids.find((id) => columns[id]?.type === "reference") ??
    ids[0] ??
    "name"
  );
};

const alertOf = (columns: Readonly<Record<string, Column>>): Table["alert"] => {
  const isNumber = (id: string) => columns[id] !== undefined && isNumeric(columns[id].type);
  const column = ["stock", "quantity"].find((id) => Object.hasOwn(columns, id) && isNumber(id));
  const limit = ["min_stock", "min_quantity", "reorder_level"].find(
    (id) => Object.hasOwn(columns, id) && isNumber(id),
  );
  return column === undefined || limit === undefined ? null : { column, limit };
};
