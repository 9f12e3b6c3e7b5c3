import { parse } from "csv-parse/sync";
import { isCsvError } from "./csv-cells.ts";
import { own } from "./own.ts";
import { Refusal } from "./refusal.ts";
import { ownColumns, type Table } from "./schema.ts";
import { readValue, type Value } from "./value.ts";

/** How a column is compared in a filter. `ne` also finds rows without a value. */
export const comparisons = {
  ...{ eq: "IS NOT DISTINCT FROM", ne: "IS DISTINCT FROM", gt: ">", gte: ">=", lt: "<", lte: "<=" },
} as const;
export type Comparison = keyof typeof comparisons;

export type Filter =
  | { column: string; comparison: Comparison; value: Value }
  /** Compared with what another column of the same row says. */
  | { column: string; comparison: Comparison; other: string }
  /** One of these. */
  | { column: string; among: readonly Value[] }
  /** Text in which each `*` stands for anything, without regard to case and accents. */
  | { column: string; like: string };

/** One of these has to hold. */
export interface AnyOf {
  any: readonly Filter[];
}

export interface Sorting {
  sort: string;
  order: "asc" | "desc";
}

/** Which rows of a table are asked for, checked against its columns. */
export interface ListQuery {
  /** What the search box says; empty: everything. */
  q: string;
  filters: (Filter | AnyOf)[];
  sort: string;
  order: "asc" | "desc";
  /** By which rows that are the same so far are sorted. */
  then?: readonly Sorting[];
  limit: number;
  offset: number;
}

const mostRows = 500;

/** All rows of a table, the newest first, as many as a list may have. */
export const everything = (...filters: ListQuery["filters"]): ListQuery => ({
  ...{ q: "", filters, sort: "created_at", order: "desc", limit: mostRows, offset: 0 },
});

/**
 * Reads the parameters of a list: `q`, `sort` (`-price,name`: several, a minus for descending), `order`, `limit`, `offset`, and `column=value`
 * with the endings `_gt`, `_gte`, `_lt`, `_lte`, `_ne`, `_in` (`a,b`) and `_like` (`bolt*`). `column=` finds rows without a value.
 * `or=status:new,price_gt:100` is met by either. What holds a comma stands in double quotes, as in CSV. Throws Refusal("bad-input")
 * on anything else.
 */
export const readListQuery = (table: Table, params: URLSearchParams, usualLimit = 20): ListQuery => {
  const query: ListQuery = { ...everything(), limit: usualLimit };
  const seen = new Set<string>();
  for (const [key, text] of params) {
    if (key === "or" && !isColumn(table, key)) {
      query.filters.push(anyOf(table, text));
      continue;
    }
    if (seen.has(key)) throw new Refusal("bad-input", `“${key}” is given twice. Give it once.`, key);
    seen.add(key);
    if (key === "q") query.q = text.trim().slice(0, 200);
    else if (key === "sort") Object.assign(query, sortings(table, text));
    else if (key === "order") query.order = direction(text);
    else if (key === "limit") query.limit = count(key, text, 1, mostRows);
    else if (key === "offset") query.offset = count(key, text, 0, Number.MAX_SAFE_INTEGER);
    else query.filters.push(filter(table, key, text));
  }
  const conditions = query.filters.reduce((sum, one) => sum + ("any" in one ? one.any.length : 1), 0);
  if (conditions > mostConditions)
    throw new Refusal("bad-input", `A list takes at most ${mostConditions} conditions.`);
  if (wordsOf(query.q).length > mostWords)
    throw new Refusal("bad-input", `A search takes at most ${mostWords} different words.`, "q");
  return query;
};

/** Each is looked for in every row. */
const [mostConditions, mostWords] = [50, 20];

/** What a search looks for: each of its words, once. */
export const wordsOf = (q: string): string[] => [...new Set(q.split(/\s+/))].filter((word) => word !== "");

const isColumn = (table: Table, name: string): boolean =>
  own(table.columns, name) !== undefined || ownColumns.some((one) => one === name);

const sortable = (table: Table, name: string): string => {
  if (isColumn(table, name)) return name;
  throw new Refusal("bad-input", `“${table.title}” has no column “${name}” to sort by.`, "sort");
};

/** Without a minus the first one is ordered as `order` says, which may stand behind it. */
const sortings = (table: Table, text: string): Partial<ListQuery> => {
  const [first, ...then] = listOf("sort", text, mostSortings).map((one): Sorting => {
    const isDown = one.startsWith("-");
    return { sort: sortable(table, isDown ? one.slice(1) : one), order: isDown ? "desc" : "asc" };
  });
  if (first === undefined) return {};
  const isPlain = then.length === 0 && !text.startsWith("-");
  return isPlain ? { sort: first.sort } : { ...first, then };
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

const endings = /_(gt|gte|lt|lte|ne|in|like)$/;

const filter = (table: Table, key: string, text: string): Filter => {
  const ending = isColumn(table, key) ? undefined : endings.exec(key)?.[1];
  const column = ending === undefined ? key : key.slice(0, -ending.length - 1);
  if (!isColumn(table, column))
    throw new Refusal("bad-input", `“${table.title}” has no column “${column}”.`, key);
  if (ending === "like") return { column, like: text.slice(0, 200) };
  if (ending === "in") return { column, among: listOf(key, text).map((one) => compared(table, column, one)) };
  const comparison = (ending ?? "eq") as Comparison;
  return { column, comparison, value: compared(table, column, text) };
};

const mostOfAList = 500;

/** `a,b,"c, d"`: a line of CSV. */
const listOf = (key: string, text: string, most = mostOfAList): string[] => {
  const [parts = [""]] = linesOf(key, text.replaceAll(/[\r\n]+/g, " "));
  if (parts.length <= most) return parts;
  throw new Refusal("bad-input", `“${key}” takes at most ${most} values.`, key);
};

const linesOf = (key: string, line: string): string[][] => {
  try {
    return parse(line, { relax_quotes: true });
  } catch (error) {
    if (!isCsvError(error)) throw error;
    throw new Refusal("bad-input", `“${key}” cannot be read: a quote is not closed.`, key);
  }
};

const mostAlternatives = 20;
const mostSortings = 10;

const anyOf = (table: Table, text: string): AnyOf => ({
  any: listOf("or", text, mostAlternatives).map((part) => {
    const [, key = "", value = ""] = /^([^:]*):(.*)$/s.exec(part) ?? [];
    if (key !== "") return filter(table, key, value);
    throw new Refusal("bad-input", "“or” takes conditions like “status:new,price_gt:100”.", "or");
  }),
});

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
