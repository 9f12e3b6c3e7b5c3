import { type AppDatabase, createIndexes, index, indexSql, quote } from "#apps/runtime/database.ts";
import { readListQuery } from "#apps/runtime/list-query.ts";
import { listRows } from "#apps/runtime/rows.ts";
import { type AppSchema, entered } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import { sends } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";

export interface SearchAndFilters {
  searches: number;
  filters: number;
}

/** Makes the indexes, then asks SQLite how it would filter: an index that is not used would be no work done. */
export const addSearchAndFilters = ({
  apps,
}: Pick<Host, "apps">): DoOptions<unknown, { plan: AppSchema }, SearchAndFilters> => ({
  run: async ({ results: { plan }, substeps, log }) => {
    const tables = Object.entries(plan.tables);
    if (tables.every(([, { search, filters }]) => search.length + filters.length === 0))
      return new Skip("No table has text to search or values to filter by.", { searches: 0, filters: 0 });
    const reporter = substeps(tables.map(([, { title }]) => title));
    const { db } = apps.open(plan.app);
    createIndexes(db, plan);
    for (const [name, table] of tables) {
      reporter.begin(table.title);
      for (const [filter] of entered(table))
        if (table.filters.includes(filter)) log(provenFilter(db, name, filter));
      if (table.search.length > 0) {
        listRows({ db, schema: plan }, name, readListQuery(table, new URLSearchParams({ q: "anything" })));
        log(`${table.title}: the search looks into ${table.search.join(", ")}`);
      }
      reporter.end(table.title);
    }
    return countsOf(plan);
  },
  safeBecause: "An index that is there is not made again.",
  plan: ({ results: { plan } }) => ({
    lines: Object.entries(plan.tables).flatMap(([name, table]) => indexSql(name, table).map(sends)),
    result: countsOf(plan),
  }),
  detail: ({ searches, filters }) => `${searches} searches, ${filters} filters`,
  weightMs: 200,
});

const countsOf = ({ tables }: AppSchema): SearchAndFilters => ({
  searches: Object.values(tables).filter(({ search }) => search.length > 0).length,
  filters: Object.values(tables).reduce((sum, { filters }) => sum + filters.length, 0),
});

/** How SQLite would find rows by one value of a column, in its own words. */
const provenFilter = (db: AppDatabase, table: string, column: string): string => {
  const plan = db
    .prepare(`EXPLAIN QUERY PLAN SELECT * FROM ${quote(table)} WHERE ${quote(column)} IS ?`)
    .all("x")
    .map((row) => String((row as { detail: unknown }).detail))
    .join("; ");
  if (!plan.includes(index(table, column).slice(1, -1)))
    throw new AppError("conflict", `The filter of “${table}” by “${column}” does not use its index.`, {
      detail: plan,
    });
  return `${table} by ${column}: ${plan}`;
};
