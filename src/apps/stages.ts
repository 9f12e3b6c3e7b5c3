import { AppError } from "#core/errors.ts";
import type { AppRegistry, OpenApp } from "./registry.ts";
import { type AppSchema, appSchema, type Table } from "./runtime/schema.ts";

/** What is made of an app, in this order: its tables with the data API, its pages, how rows are found, and what happens to them by itself. */
const stages = ["tables", "pages", "search", "workflows"] as const;
export type Stage = (typeof stages)[number];

/** An app of a plan as it is after a stage: what comes later is not there yet. */
export const staged = (plan: AppSchema, stage: Stage): AppSchema => {
  const has = (one: Stage) => stages.indexOf(one) <= stages.indexOf(stage);
  const tables = Object.entries(plan.tables).map(([name, { rules, ...table }]): [string, Table] => [
    name,
    {
      ...table,
      ...(has("search") ? {} : { search: [], filters: [] }),
      ...(has("workflows") ? { rules } : { board: null, alert: null }),
    },
  ]);
  return appSchema.parse({
    ...plan,
    tables: Object.fromEntries(tables),
    ...(has("pages") ? {} : { pages: false }),
  });
};

/** Brings the app that a run is making to a stage; one that is there, or further, stays as it is. Throws AppError("conflict"). */
export const bringTo = (apps: AppRegistry, plan: AppSchema, stage: Stage): OpenApp => {
  const app = apps.open(plan.app);
  const now = JSON.stringify(app.schema);
  const at = stages.findLastIndex((one) => JSON.stringify(staged(plan, one)) === now);
  if (at === -1)
    throw new AppError("conflict", `“${plan.title}” was changed while it was being made. Undo this run.`);
  if (at >= stages.indexOf(stage)) return app;
  return apps.migrate(plan.app, { from: app.schema, to: staged(plan, stage), apply: () => {} });
};
