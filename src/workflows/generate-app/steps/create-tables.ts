import { importByErrand } from "#apps/import-by-errand.ts";
import { rowsFor } from "#apps/plan/from-csv.ts";
import type { AppRegistry, OpenApp } from "#apps/registry.ts";
import { tableSql, uniqueSql } from "#apps/runtime/database.ts";
import type { ImportRows } from "#apps/runtime/import-order.ts";
import { countRows } from "#apps/runtime/rows.ts";
import { type AppSchema, entered, type Table } from "#apps/runtime/schema.ts";
import { staged } from "#apps/stages.ts";
import { AppError } from "#core/errors.ts";
import { sends } from "#core/plan-line.ts";
import { plural } from "#core/plural.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { GenerateInput } from "#workflows/generate-app/input.ts";
import type { Host } from "#workflows/host.ts";

export interface CreatedTables {
  slug: string;
  tables: number;
  columns: number;
}

/** Makes the app's own database, all or nothing, and looks that every table has its columns. */
export const createDatabaseTables = ({
  apps,
  errands,
}: Pick<Host, "apps" | "errands">): DoOptions<GenerateInput, { plan: AppSchema }, CreatedTables> => ({
  run: async ({ input: { rows = null }, results: { plan }, runId, substeps, log }) => {
    const tables = Object.entries(plan.tables);
    const [first] = tables;
    const adding = rows === null || first === undefined ? null : `Rows of ${first[1].title}`;
    const reporter = substeps([
      ...tables.map(([, { title }]) => title),
      ...(adding === null ? [] : [adding]),
    ]);
    const app = apps.create(staged(plan, "tables"), runId);
    const { db } = app;
    let columns = 0;
    for (const [name, { title, columns: planned }] of tables) {
      reporter.begin(title);
      const there = new Set(
        db.prepare("SELECT name FROM pragma_table_info(?)").pluck().all(name).map(String),
      );
      const missing = ["id", ...entered({ columns: planned }).map(([id]) => id)].find(
        (column) => !there.has(column),
      );
      if (missing !== undefined)
        throw new AppError(
          "conflict",
          `The table “${title}” has no column “${missing}”, although it was made.`,
        );
      columns += there.size;
      log(`${title}: ${there.size} columns`);
      reporter.end(title);
    }
    if (rows !== null && first !== undefined && adding !== null) {
      reporter.begin(adding);
      if (rowsIn(app) > 0) log("The rows were added already");
      else log(await addRows(importByErrand(errands, db.name, plan), first, rows));
      reporter.end(adding);
    }
    return { slug: plan.app, tables: tables.length, columns };
  },
  safeBecause: "An app that this very run has made is taken as it is; another one is never touched.",
  undo: async ({ results: { plan }, runId, goingBack, log }) => {
    if (goingBack) assertEmpty(apps, plan.app, runId);
    const removed = apps.remove(plan.app, runId);
    log(
      removed
        ? `/apps/${plan.app}/ was removed. For 30 days it can be brought back from “Apps”, with all its rows.`
        : `There was nothing of this run at /apps/${plan.app}/.`,
    );
  },
  plan: ({ results: { plan } }) => ({
    lines: Object.entries(plan.tables).flatMap(([name, table]) =>
      [tableSql(name, table), ...uniqueSql(name, table)].map(sends),
    ),
    result: {
      slug: plan.app,
      tables: Object.keys(plan.tables).length,
      columns: Object.values(plan.tables).reduce((sum, table) => sum + entered(table).length + 3, 0),
    },
  }),
  detail: ({ tables, columns }) => `${plural(tables, "table")} with ${plural(columns, "column")}`,
  weightMs: 300,
});

/** A run that goes back to its plan throws its app away; once somebody has entered something, only an explicit undo may do that. */
const assertEmpty = (apps: AppRegistry, slug: string, runId: string): void => {
  const there = apps.find(slug);
  if (there === null || there.madeBy !== runId) return;
  const rows = rowsIn(there);
  if (rows === 0) return;
  throw new AppError(
    "conflict",
    `The app is in use already: it holds ${plural(rows, "row")}, which a new plan would throw away. Use “Change an app” instead.`,
  );
};

const rowsIn = (app: OpenApp): number =>
  Object.keys(app.schema.tables).reduce((sum, name) => sum + countRows(app, name, { q: "", filters: [] }), 0);

/** Adds the rows that the app was made of, all or none. */
const addRows = async (
  importRows: ImportRows,
  [name, { title }]: [string, Table],
  rows: string,
): Promise<string> => {
  const result = await importRows({ table: name, text: rowsFor(rows) });
  const { rows: count, wrong, problems, ignored } = result;
  const without =
    ignored.length === 0 ? "" : `, without what is no column of the plan: ${ignored.join(", ")}`;
  if (wrong === 0) return `${title}: ${count.toLocaleString("en")} rows were added${without}`;
  const told = problems.slice(0, 5).map(({ line, sentences }) => `Row ${line}: ${sentences.join(" ")}`);
  throw new AppError("bad-input", `${wrong} of ${count} rows do not fit the plan. ${told.join(" ")}`, {
    wayOn: { back: "plan", why: "to let the columns take what stands in the rows" },
  });
};
