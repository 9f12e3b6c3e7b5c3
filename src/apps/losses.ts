import { kept as asKept, carried, inverse, noRenames, type Renames } from "./migrate.ts";
import { type AppDatabase, quote } from "./runtime/database.ts";
import type { AppSchema, Column, Table } from "./runtime/schema.ts";

/** What is lost for good when a database goes from one schema to another, counted in it now, a sentence each. Empty: nothing. */
export const lossOf = (
  db: AppDatabase,
  before: AppSchema,
  after: AppSchema,
  renames: Renames = noRenames,
): string[] => {
  const [from, to] = [asKept(before), asKept(after)];
  const newNames = inverse(renames).tables;
  return Object.entries(from.tables).flatMap(([name, table]) => {
    const now = newNames[name] ?? name;
    const then = to.tables[now];
    if (then === undefined) {
      const rows = count(db, `SELECT count(*) FROM ${quote(name)}`);
      return rows === 0 ? [] : [`The table “${table.title}” goes with its ${rowsOf(rows)}.`];
    }
    const names = renames.columns[now] ?? {};
    const kept = new Map(Object.entries(then.columns).map(([id, column]) => [names[id] ?? id, column]));
    return Object.entries(table.columns)
      .filter(([id]) => !kept.has(id))
      .flatMap(([id, { label }]) => {
        const rows = count(
          db,
          `SELECT count(*) FROM ${quote(name)} WHERE ${quote(id)} IS NOT NULL AND ${quote(id)} <> ''`,
        );
        return rows === 0
          ? []
          : [
              `The column “${label}” of “${table.title}” goes with what ${rowsOf(rows)} say${rows === 1 ? "s" : ""} in it.`,
            ];
      })
      .concat([...kept].flatMap(([id, column]) => unfitting(db, name, table, id, column)));
  });
};

const mostShown = 5;

/** The values that a column's new type cannot hold, a sentence with some of them. */
const unfitting = (db: AppDatabase, name: string, { title, columns }: Table, id: string, column: Column) => {
  const before = columns[id];
  if (before === undefined || before.type === column.type) return [];
  const lost = `FROM ${quote(name)} WHERE ${quote(id)} IS NOT NULL AND ${carried(id, before, column)} IS NULL`;
  const values = count(db, `SELECT count(*) ${lost}`);
  if (values === 0) return [];
  const shown = db
    .prepare(`SELECT DISTINCT ${quote(id)} ${lost} LIMIT ${mostShown}`)
    .pluck()
    .all();
  const some = shown.map((value) => `“${String(value).slice(0, 40)}”`).join(", ");
  return [
    `${values === 1 ? "1 value" : `${values.toLocaleString("en")} values`} of “${before.label}” in “${title}” cannot be kept as ${column.type} and will be empty: ${some}${values > shown.length ? ", …" : ""}.`,
  ];
};

/** How many rows have no value in columns that must have one from now on, a sentence each. Such a migration cannot run. */
export const unfilled = (
  db: AppDatabase,
  from: AppSchema,
  to: AppSchema,
  renames: Renames = noRenames,
): string[] =>
  Object.entries(asKept(to).tables).flatMap(([name, after]) => {
    const before = renames.tables[name] ?? name;
    const table = asKept(from).tables[before];
    if (table === undefined) return [];
    return Object.entries(after.columns)
      .filter(([, { required }]) => required)
      .flatMap(([id, column]) => {
        const { label } = column;
        const oldId = renames.columns[name]?.[id] ?? id;
        const old = table.columns[oldId];
        const where = old === undefined ? "" : ` WHERE ${carried(oldId, old, column)} IS NULL`;
        const rows = count(db, `SELECT count(*) FROM ${quote(before)}${where}`);
        return rows === 0
          ? []
          : [
              `“${label}” of “${after.title}” must be filled in from now on, but ${rowsOf(rows)} ${rows === 1 ? "has" : "have"} nothing there.`,
            ];
      });
  });

/** In which columns, that must differ in every row from now on, rows are the same, a sentence each. Such a migration cannot run. */
export const repeated = (
  db: AppDatabase,
  from: AppSchema,
  to: AppSchema,
  renames: Renames = noRenames,
): string[] =>
  Object.entries(asKept(to).tables).flatMap(([name, after]) => {
    const before = renames.tables[name] ?? name;
    const table = asKept(from).tables[before];
    return Object.entries(after.columns).flatMap(([id, column]) => {
      const oldId = renames.columns[name]?.[id] ?? id;
      const old = table?.columns[oldId];
      if (old === undefined || !column.unique) return [];
      const value = carried(oldId, old, column);
      const rows = count(
        db,
        `SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM ${quote(before)} WHERE ${value} IS NOT NULL GROUP BY ${value} HAVING n > 1)`,
      );
      return rows === 0
        ? []
        : [
            `“${column.label}” of “${after.title}” must be different in every row from now on, but ${rowsOf(rows)} share theirs with another.`,
          ];
    });
  });

const count = (db: AppDatabase, sql: string): number => Number(db.prepare(sql).pluck().get());

const rowsOf = (rows: number): string => (rows === 1 ? "1 row" : `${rows.toLocaleString("en")} rows`);
