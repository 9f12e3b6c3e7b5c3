import { createIndexes, index, indexSql, quote } from "#apps/runtime/database.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import { readListQuery } from "#apps/runtime/list-query.ts";
import { listRows } from "#apps/runtime/rows.ts";
import { type AppSchema, entered, type Table } from "#apps/runtime/schema.ts";
import { bringTo } from "#apps/stages.ts";
import { AppError } from "#core/errors.ts";
import { sends } from "#core/plan-line.ts";
import { plural } from "#core/plural.ts";
import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";

export interface SearchAndFilters {
  searches: number;
  filters: number;
}

/** Gives the app its searches and filters with their indexes, and asks the database how it would filter: an index that is not used would be no work done. */
export const addSearchAndFilters = ({
  apps,
}: Pick<Host, "apps">): DoOptions<unknown, { plan: AppSchema }, SearchAndFilters> => ({
  run: async ({ results: { plan }, substeps, log }) => {
    const all = waysToFind(plan);
    const { db } = bringTo(apps, plan, "search");
    if (all.length === 0)
      return new Skip("No table has text to search or values to filter by.", { searches: 0, filters: 0 });
    const reporter = substeps(all.map(({ title }) => title));
    createIndexes(db, plan);
    for (const { title, name, table, column } of all) {
      reporter.begin(title);
      if (column !== null) log(provenFilter(db, name, column, table));
      else {
        listRows({ db, schema: plan }, name, readListQuery(table, new URLSearchParams({ q: "anything" })));
        log(`${table.title}: the search looks into ${table.search.join(", ")}`);
      }
      reporter.end(title);
    }
    return countsOf(plan);
  },
  safeBecause: "An index that is there is not made again.",
  plan: ({ results: { plan } }) => ({
    lines: Object.entries(plan.tables).flatMap(([name, table]) => indexSql(name, table).map(sends)),
    result: countsOf(plan),
  }),
  detail: ({ searches, filters }) =>
    `${plural(searches, "search", "searches")}, ${plural(filters, "filter")}`,
  weightMs: 200,
});

/** A table's search, or one of its filters. */
interface WayToFind {
  title: string;
  name: string;
  table: Table;
  /** What it filters by; null for the search. */
  column: string | null;
}

const waysToFind = ({ tables }: AppSchema): WayToFind[] =>
  Object.entries(tables).flatMap(([name, table]) => [
    ...(table.search.length === 0 ? [] : [{ title: `Search in ${table.title}`, name, table, column: null }]),
    ...entered(table)
      .filter(([column]) => table.filters.includes(column))
      .map(([column, { label }]) => ({ title: `${table.title} by ${label}`, name, table, column })),
  ]);

const countsOf = (plan: AppSchema): SearchAndFilters => {
  const all = waysToFind(plan);
  const searches = all.filter(({ column }) => column === null).length;
  return { searches, filters: all.length - searches };
};

/** How rows would be found by one value of a column, in the database's own words. */
const provenFilter = (db: AppDatabase, table: string, column: string, { columns }: Table): string => {
  const value = columns[column]?.type === "boolean" ? 1 : "x";
  const way = db.dialect.wayTo(db, `SELECT * FROM ${quote(table)} WHERE ${quote(column)} = ?`, [value]);
  if (!way.includes(index(table, column).slice(1, -1)))
    throw new AppError("conflict", `The filter of “${table}” by “${column}” does not use its index.`, {
      detail: way,
    });
  return `${table} by ${column}: ${way}`;
};
