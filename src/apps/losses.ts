import { plural } from "#core/plural.ts";
import { kept as asKept, carried } from "./carried.ts";
import { readyToFit } from "./migrate.ts";
import { quote } from "./runtime/database.ts";
import type { AppDatabase } from "./runtime/dialect.ts";
import type { AppSchema, Column, Table } from "./runtime/schema.ts";

/** What is lost when a database goes from one schema to another, counted in it now, a sentence each. Empty: nothing. `copy`: see `TablesChange`. */
export const lossOf = (
  db: AppDatabase,
  before: AppSchema,
  after: AppSchema,
  copy: string | null = null,
): string[] => {
  readyToFit(db, before, after, copy);
  const [from, to] = [asKept(before), asKept(after)];
  return Object.entries(from.tables).flatMap(([name, table]) => {
    const then = to.tables[name];
    if (then === undefined) {
      const rows = count(db, `SELECT count(*) FROM ${quote(name)}`);
      return rows === 0 ? [] : [`The table “${table.title}” goes with its ${rowsOf(rows)}.`];
    }
    return Object.entries(table.columns)
      .filter(([id]) => then.columns[id] === undefined)
      .flatMap(([id, { label }]) => {
        const rows = count(
          db,
          `SELECT count(*) FROM ${quote(name)} WHERE ${quote(id)} IS NOT NULL AND CAST(${quote(id)} AS TEXT) <> ''`,
        );
        return rows === 0
          ? []
          : [
              `The column “${label}” of “${table.title}” goes with what ${rowsOf(rows)} say${rows === 1 ? "s" : ""} in it.`,
            ];
      })
      .concat(Object.entries(then.columns).flatMap((one) => unfitting(db, name, table, one, copy)));
  });
};

const mostShown = 5;

/** The values that a column's new type cannot hold, a sentence with some of them. */
const unfitting = (
  db: AppDatabase,
  name: string,
  { title, columns }: Table,
  [id, column]: [string, Column],
  copy: string | null,
) => {
  const before = columns[id];
  const then = carried(name, id, before, column, copy);
  if (before === undefined || then === `t.${quote(id)}`) return [];
  const lost = `FROM ${quote(name)} t WHERE t.${quote(id)} IS NOT NULL AND ${then} IS NULL`;
  const values = count(db, `SELECT count(*) ${lost}`);
  if (values === 0) return [];
  const shown = db
    .prepare(`SELECT DISTINCT ${quote(id)} ${lost} LIMIT ${mostShown}`)
    .pluck()
    .all();
  const some = shown.map((value) => `“${String(value).slice(0, 40)}”`).join(", ");
  return [
    `${plural(values, "value")} of “${before.label}” in “${title}” cannot be kept as ${column.type} and will be empty: ${some}${values > shown.length ? ", …" : ""}.`,
  ];
};

/** How many rows have no value in columns that must have one from now on, a sentence each. Such a migration cannot run. */
export const unfilled = (
  db: AppDatabase,
  from: AppSchema,
  to: AppSchema,
  copy: string | null = null,
): string[] =>
  standingInTheWay(db, { from, to, copy }, "required", {
    counted: (table, value) => `SELECT count(*) FROM ${table} t WHERE ${value} IS NULL`,
    says: (rows) =>
      `must be filled in from now on, but ${rowsOf(rows)} ${rows === 1 ? "has" : "have"} nothing there`,
  });

/** In which columns, that must differ in every row from now on, rows are the same, a sentence each. Such a migration cannot run. */
export const repeated = (
  db: AppDatabase,
  from: AppSchema,
  to: AppSchema,
  copy: string | null = null,
): string[] =>
  standingInTheWay(db, { from, to, copy }, "unique", {
    counted: (table, value) =>
      `SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM ${table} t WHERE ${value} IS NOT NULL GROUP BY ${value} HAVING count(*) > 1) AS shared`,
    says: (rows) =>
      `must be different in every row from now on, but ${rowsOf(rows)} share theirs with another`,
  });

/** A sentence for each column that will be so and in which rows stand in the way. */
const standingInTheWay = (
  db: AppDatabase,
  { from, to, copy }: { from: AppSchema; to: AppSchema; copy: string | null },
  willBe: "required" | "unique",
  { counted, says }: { counted(table: string, value: string): string; says(rows: number): string },
): string[] => {
  readyToFit(db, from, to, copy);
  return asked(from, to).flatMap(({ name, title, id, column, old }) => {
    if (!column[willBe]) return [];
    const rows = count(db, counted(quote(name), carried(name, id, old, column, copy)));
    return rows === 0 ? [] : [`“${column.label}” of “${title}” ${says(rows)}.`];
  });
};

/** The columns that tables which are there will have, each with what it is now. */
const asked = (from: AppSchema, to: AppSchema) =>
  Object.entries(asKept(to).tables).flatMap(([name, { title, columns }]) => {
    const before = asKept(from).tables[name];
    return before === undefined
      ? []
      : Object.entries(columns).map(([id, column]) => ({ name, title, id, column, old: before.columns[id] }));
  });

const count = (db: AppDatabase, sql: string): number => Number(db.prepare(sql).pluck().get());

const rowsOf = (rows: number): string => plural(rows, "row");
