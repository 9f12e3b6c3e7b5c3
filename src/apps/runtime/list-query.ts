import { own, ownColumns } from "./check-schema.ts";
import { Refusal } from "./refusal.ts";
import type { Table } from "./schema.ts";
import { readValue, type Value } from "./value.ts";

/** How a column is compared in a filter. `ne` also finds rows without a value. */
export const comparisons = { eq: "IS", ne: "IS NOT", gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;
export type Comparison = keyof typeof comparisons;

export type Filter = { column: string; comparison: Comparison } & (
  | { value: Value }
  /** Compared with what another column of the same row says. */
  | { other: string }
);

/** Which rows of a table are asked for, checked against its columns. */
export interface ListQuery {
  /** What the search box says; empty: everything. */
  q: string;
  filters: Filter[];
  sort: string;
  order: "asc" | "desc";
  limit: number;
  offset: number;
}

const mostRows = 500;

/**
 * Reads the parameters of a list: `q`, `sort`, `order`, `limit`, `offset`, and `column=value` with the endings `_gt`, `_gte`, `_lt`,
 * `_lte` and `_ne`. `column=` finds rows without a value. Throws Refusal("bad-input") on anything else.
 */
export const readListQuery = (table: Table, params: URLSearchParams, usualLimit = 20): ListQuery => {
  const query: ListQuery = {
    q: "",
    filters: [],
    sort: "created_at",
    order: "desc",
    limit: usualLimit,
    offset: 0,
  };
  const seen = new Set<string>();
  for (const [key, text] of params) {
    if (seen.has(key)) throw new Refusal("bad-input", `“${key}” is given twice. Give it once.`, key);
    seen.add(key);
    if (key === "q") query.q = text.trim().slice(0, 200);
    else if (key === "sort") query.sort = sortable(table, text);
    else if (key === "order") query.order = direction(text);
    else if (key === "limit") query.limit = count(key, text, 1, mostRows);
    else if (key === "offset") query.offset = count(key, text, 0, Number.MAX_SAFE_INTEGER);
    else query.filters.push(filter(table, key, text));
  }
  return query;
};

const isColumn = (table: Table, name: string): boolean =>
  own(table.columns, name) !== undefined || ownColumns.some((one) => one === name);

const sortable = (table: Table, name: string): string => {
  if (isColumn(table, name)) return name;
  throw new Refusal("bad-input", `“${table.title}” has no column “${name}” to sort by.`, "sort");
};

const direction = (text: string): "asc" | "desc" => {
  if (text === "asc" || text === "desc") return text;
  throw new Refusal("bad-input", "“order” must be asc or desc.", "order");
};

const count = (key: string, text: string, least: number, most: number): number => {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new Refusal(
    "bad-input",
    most === mostRows
      ? `“${key}” must be a whole number from ${least} to ${most}.`
      : `“${key}” must be a whole number.`,
    key,
  );
};

const filter = (table: Table, key: string, text: string): Filter => {
  const ending = /_(gt|gte|lt|lte|ne)$/.exec(key)?.[1] as Exclude<Comparison, "eq"> | undefined;
  const column = ending === undefined || isColumn(table, key) ? key : key.slice(0, -ending.length - 1);
  if (!isColumn(table, column))
    throw new Refusal("bad-input", `“${table.title}” has no column “${column}”.`, key);
  return {
    column,
    comparison: column === key ? "eq" : (ending ?? "eq"),
    value: compared(table, column, text),
  };
};

// A value that the column could never hold finds nothing, whatever is compared: that is a mistake to tell.
const compared = (table: Table, name: string, text: string): Value => {
  const column = own(table.columns, name);
  if (column === undefined) return text;
  const { options: _, ...free } = column;
  // A time may be compared with a date alone.
  if (column.type === "timestamp" && /^\d{4}-\d\d-\d\d$/.test(text)) return text;
  // Half an address or phone number is compared as the text that it is.
  const type =
    column.type === "email" || column.type === "phone" || column.type === "url" ? "text" : column.type;
  const read = readValue({ ...free, type, required: false }, text);
  if ("value" in read) return read.value;
  throw new Refusal("bad-input", `“${column.label}” ${read.problem}`, name);
};
