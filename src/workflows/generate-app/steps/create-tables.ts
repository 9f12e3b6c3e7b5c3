import { rm } from "node:fs/promises";
import { bulk } from "#apps/bulk/bulk.ts";
import type { Into } from "#apps/bulk/bulk-order.ts";
import { leftBeside } from "#apps/bulk/sent-file.ts";
import type { AppPlace } from "#apps/place.ts";
import { inOrderOfReference } from "#apps/plan/from-sheets.ts";
import type { AppRegistry, OpenApp } from "#apps/registry.ts";
import { tablesSql } from "#apps/runtime/database.ts";
import { own } from "#apps/runtime/own.ts";
import { countRows } from "#apps/runtime/rows.ts";
import { type AppSchema, entered } from "#apps/runtime/schema.ts";
import { staged } from "#apps/stages.ts";
import { AppError } from "#core/errors.ts";
import { sends } from "#core/plan-line.ts";
import { countText, plural } from "#core/plural.ts";
import type { DoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { GenerateInput } from "#workflows/generate-app/input.ts";
import { type PlannedSheet, sheetHere } from "#workflows/generate-app/sheets.ts";
import type { Host } from "#workflows/host.ts";
import type { Drafted } from "./draft.ts";

export interface CreatedTables {
  slug: string;
  tables: number;
  columns: number;
}

/** Makes the app's own database, all or nothing, and looks that every table has its columns. */
export const createDatabaseTables = (
  host: Pick<Host, "apps" | "errands" | "files">,
): DoOptions<GenerateInput, { draft: Drafted; plan: AppSchema }, CreatedTables> => ({
  run: async (ctx) => {
    const { results, runId, substeps, log } = ctx;
    const { plan } = results;
    const tables = Object.entries(plan.tables);
    const sheets = inOrderOfReference(plan, results.draft.sheets ?? []);
    const reporter = substeps([...tables.map(([, { title }]) => title), ...sheets.map(rowsOf)]);
    const app = host.apps.create(staged(plan, "tables"), runId);
    const { db } = app;
    let columns = 0;
    for (const [name, { title, columns: planned }] of tables) {
      reporter.begin(title);
      const there = new Set(db.dialect.columnsIn(db, name));
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
    for (const [at, sheet] of sheets.entries()) {
      reporter.begin(rowsOf(sheet));
      log(await addRows(host, ctx, sheets.slice(0, at), sheet, app.at));
      reporter.end(rowsOf(sheet));
    }
    return { slug: plan.app, tables: tables.length, columns };
  },
  safeBecause: "An app that this very run has made is taken as it is; another one is never touched.",
  undo: async ({ results: { plan }, runId, goingBack, log }) => {
    if (goingBack) assertEmpty(host.apps, plan.app, runId);
    const removed = host.apps.remove(plan.app, runId);
    log(
      removed
        ? `/apps/${plan.app}/ was removed. For 30 days it can be brought back from “Apps”, with all its rows.`
        : `There was nothing of this run at /apps/${plan.app}/.`,
    );
  },
  plan: ({ results: { plan } }) => ({
    lines: tablesSql(host.apps.dialect, plan).map(sends),
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
  Object.keys(app.schema.tables).reduce((sum, name) => sum + countRows(app, name), 0);

const rowsOf = ({ title }: PlannedSheet): string => `Rows of ${title}`;

type Context = DoContext<GenerateInput, { plan: AppSchema }>;

/**
 * Adds the rows of a file, all or none: where some do not fit, those that are there, `before` included, are taken back, so that the plan can be
 * changed. Cut off, it goes on behind the last one.
 */
const addRows = async (
  host: Pick<Host, "errands" | "files">,
  { input, results: { plan }, runId, signal, progress }: Context,
  before: readonly PlannedSheet[],
  sheet: PlannedSheet,
  at: AppPlace,
): Promise<string> => {
  const { title, table } = sheet;
  const planned = own(plan.tables, table);
  if (planned === undefined) return `${title}: the plan has no table for it, so its rows were left out`;
  const file = await sheetHere(host, input, sheet.file, signal);
  const into = (one: PlannedSheet): Into => ({
    ...{ at, schema: staged(plan, "tables"), table: one.table, run: `${runId} ${one.table}` },
    by: "Milepost",
  });
  const map = sheet.map.map((name) => (own(planned.columns, name) === undefined ? "" : name));
  const without = sheet.map.filter((name, at) => name !== map[at]);
  const { added, wrong, left } = await bulk(
    host.errands,
    { does: "add", file, into: into(sheet), mapping: { map, key: null }, left: leftBeside(file.path) },
    { signal, onProgress: ({ done, total }) => progress(done, total, `rows of ${title}`, "rows") },
  );
  await rm(leftBeside(file.path), { force: true });
  if (wrong === 0)
    return `${planned.title}: ${plural(added, "row was", "rows were")} added${without.length === 0 ? "" : `, without what is no column of the plan: ${without.join(", ")}`}`;
  for (const one of [sheet, ...before.toReversed()])
    if (own(plan.tables, one.table) !== undefined)
      await bulk(host.errands, { does: "take back", into: into(one) }, { signal });
  throw new AppError(
    "bad-input",
    `${countText(wrong)} of ${plural(added + wrong, "row")} of “${title}” do not fit the plan. ${left?.problems.slice(0, 5).join(" ")}`,
    { wayOn: { back: "plan", why: "to let the columns take what stands in the rows" } },
  );
};
