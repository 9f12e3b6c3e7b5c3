import { kindOf } from "#apps/runtime/kinds.ts";
import { indexSql, quote, uniqueSql } from "./runtime/database.ts";
import type { Dialect } from "./runtime/dialect.ts";
import { type AppSchema, type Column, digitsOf, entered, type Table } from "./runtime/schema.ts";

/** How the tables of an app change. */
export interface TablesChange {
  from: AppSchema["tables"];
  to: AppSchema["tables"];
  /**
   * As what SQL knows the copy of the data from before a change, while that is undone: on this way back what was lost comes from the copy; rows and
   * values that came since stay. Null: forward.
   */
  copy: string | null;
  dialect: Dialect;
}

/** An app as far as its database keeps it: what is computed is nowhere. */
export const kept = (schema: AppSchema): AppSchema => ({
  ...schema,
  tables: Object.fromEntries(
    Object.entries(schema.tables).map(([name, table]) => [
      name,
      { ...table, columns: Object.fromEntries(entered(table)) },
    ]),
  ),
});

/**
 * What a column will hold, as SQL over the table `t` as it is: its values as they are, or as the new type holds them where they fit. With a copy what
 * it held before, unless somebody has changed it since.
 */
export const carried = (
  table: string,
  id: string,
  before: Column | undefined,
  after: Column,
  copy: string | null = null,
): string => {
  const here = `t.${quote(id)}`;
  if (before === undefined) return copy === null ? "NULL" : copied(copy, table, id);
  const now = fitted(before, after, here);
  if (copy === null || now === here) return now;
  const then = copied(copy, table, id);
  return `CASE WHEN ${here} IS NOT DISTINCT FROM ${fitted(after, before, then)} THEN ${then} ELSE ${now} END`;
};

const copied = (copy: string, table: string, id: string): string =>
  `(SELECT b.${quote(id)} FROM ${copy}.${quote(table)} b WHERE b."id" = t."id")`;

/** Whether values of a column stay as they are when it becomes another one. */
export const isFit = (before: Column, after: Column): boolean =>
  before.type === after.type && digitsOf(before) <= digitsOf(after);

const fitted = (before: Column, after: Column, sql: string): string => {
  if (isFit(before, after)) return sql;
  if (before.type === "reference" || after.type === "reference") return "NULL";
  const { cast } = kindOf(after.type);
  const call = `fitted('${after.type}', ${digitsOf(after)}, ${sql})`;
  return cast === undefined ? call : `CAST(${call} AS ${cast})`;
};

/** Whether a column has to be kept otherwise than before. Uniqueness is an index. */
export const isOther = ({ columnSql }: Dialect, before: Column, after: Column): boolean =>
  before.type !== after.type || !isFit(before, after) || columnSql("x", before) !== columnSql("x", after);

/** The statements that make all indexes of a table. */
export const indexesOf = (name: string, table: Table): string[] => [
  ...uniqueSql(name, table),
  ...indexSql(name, table),
];

export const droppedIndexes = (statements: readonly string[]): string[] =>
  statements.map((statement) =>
    statement.replace(/^CREATE (?:UNIQUE )?INDEX IF NOT EXISTS ("[^"]+").*$/s, "DROP INDEX IF EXISTS $1"),
  );
