import { valueSql } from "./computed.ts";
import { folded, quote } from "./database.ts";
import { type AnyOf, comparisons, type Filter, type ListQuery, wordsOf } from "./list-query.ts";
import { own } from "./own.ts";
import type { AppSchema, Table } from "./schema.ts";
import type { Value } from "./value.ts";

/** A piece of SQL with the values that are bound to its question marks, in their order. */
export interface Sql {
  text: string;
  values: Value[];
}

/** How many tables away a name may be looked up: a sale is named after its customer, and so on. */
const deepestName = 4;

/**
 * The SQL of the words that name a row to people, seen from a table alias. A name that is a reference is that row's name, up to a
 * few tables away, since tables may refer to each other in circles.
 */
export const nameSql = (schema: AppSchema, table: Table, alias: string, depth = 0): string => {
  const column = own(table.columns, table.name);
  const here = valueSql(schema, table, table.name, alias);
  const target = column?.to === undefined ? undefined : own(schema.tables, column.to);
  if (column?.to === undefined || target === undefined) return here;
  if (depth >= deepestName) return here;
  const next = `n${depth}`;
  return `(SELECT ${nameSql(schema, target, next, depth + 1)} FROM ${quote(column.to)} ${next} WHERE ${next}."id" = ${here})`;
};

/** The columns of a SELECT from `FROM table t`: everything, `row.name`, and for each reference `<column>.name`. */
export const columnsSql = (schema: AppSchema, table: Table): string =>
  [
    "t.*",
    't.rowid AS "row.number"',
    `${nameSql(schema, table, "t")} AS "row.name"`,
    ...Object.entries(table.columns).flatMap(([id, { to, computed }]) => {
      if (computed !== undefined) return [`${valueSql(schema, table, id, "t")} AS ${quote(id)}`];
      const target = to === undefined ? undefined : own(schema.tables, to);
      if (to === undefined || target === undefined) return [];
      const name = nameSql(schema, target, "r", 1);
      return [
        `(SELECT ${name} FROM ${quote(to)} r WHERE r."id" = t.${quote(id)}) AS "${quote(id).slice(1, -1)}.name"`,
      ];
    }),
  ].join(", ");

/** The condition of a list, from WHERE on; empty when everything is asked for. */
export const whereSql = (
  schema: AppSchema,
  table: Table,
  { q, filters }: Pick<ListQuery, "q" | "filters">,
): Sql => {
  const of = (id: string): string => valueSql(schema, table, id, "t");
  const parts = filters.map((filter) => ("any" in filter ? anySql(filter, of) : filterSql(filter, of)));
  // Every word must be found, in whichever column.
  for (const word of wordsOf(q)) {
    const pattern = `%${literally(word)}%`;
    parts.push({
      text:
        table.search.length === 0
          ? "1 = 0"
          : `(${table.search.map((id) => `folded(CAST(${of(id)} AS TEXT)) LIKE ? ESCAPE '\\'`).join(" OR ")})`,
      values: table.search.map(() => pattern),
    });
  }
  return parts.length === 0
    ? { text: "", values: [] }
    : {
        text: `WHERE ${parts.map(({ text }) => text).join(" AND ")}`,
        values: parts.flatMap(({ values }) => values),
      };
};

const anySql = ({ any }: AnyOf, of: (id: string) => string): Sql => {
  const parts = any.map((one) => filterSql(one, of));
  return {
    text: `(${parts.map(({ text }) => text).join(" OR ")})`,
    values: parts.flatMap(({ values }) => values),
  };
};

const filterSql = (filter: Filter, of: (id: string) => string): Sql => {
  const column = of(filter.column);
  if ("like" in filter)
    return {
      text: `folded(coalesce(CAST(${column} AS TEXT), '')) LIKE ? ESCAPE '\\'`,
      values: [filter.like.split("*").map(literally).join("%")],
    };
  if ("among" in filter) {
    const values = filter.among.filter((value) => value !== null);
    const some = values.length === 0 ? [] : [`${column} IN (${values.map(() => "?").join(", ")})`];
    const none = values.length < filter.among.length ? [`${column} IS NULL`] : [];
    return { text: `(${[...some, ...none].join(" OR ")})`, values };
  }
  const { comparison } = filter;
  if ("other" in filter)
    return { text: `${column} ${comparisons[comparison]} ${of(filter.other)}`, values: [] };
  if (filter.value === null && (comparison === "eq" || comparison === "ne"))
    return { text: `${column} IS ${comparison === "eq" ? "" : "NOT "}NULL`, values: [] };
  // Only the plain sign finds rows by an index everywhere.
  const sign = comparison === "eq" ? "=" : comparisons[comparison];
  return { text: `${column} ${sign} ?`, values: [filter.value] };
};

/** Text that stands in a pattern of LIKE for itself, as `folded` compares it. */
const literally = (text: string): string => folded(text).replaceAll(/[\\%_]/g, "\\$&");

/** The order of a list: names of referenced rows instead of their ids, text without case; rows made together as they were made. */
export const orderSql = (
  schema: AppSchema,
  table: Table,
  { sort, order, then = [] }: Pick<ListQuery, "sort" | "order" | "then">,
): string => {
  const direction = order === "asc" ? "ASC" : "DESC";
  const by = [{ sort, order }, ...then].map(
    (one) => `${sortSql(schema, table, one.sort)} ${one.order === "asc" ? "ASC" : "DESC"} NULLS LAST`,
  );
  return `ORDER BY ${by.join(", ")}, t.rowid ${direction}`;
};

const sortSql = (schema: AppSchema, table: Table, sort: string): string => {
  const column = own(table.columns, sort);
  const target = column?.to === undefined ? undefined : own(schema.tables, column.to);
  if (column?.to !== undefined && target !== undefined)
    return `(SELECT folded(${nameSql(schema, target, "o", 1)}) FROM ${quote(column.to)} o WHERE o."id" = t.${quote(sort)})`;
  return column === undefined ? `t.${quote(sort)}` : `folded(${valueSql(schema, table, sort, "t")})`;
};
