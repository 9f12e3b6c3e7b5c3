import { readListQuery } from "#apps/runtime/list-query.ts";
import { countRows } from "#apps/runtime/rows.ts";
import type { AppSchema, Table } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";

export interface ConfiguredWorkflows {
  boards: number;
  alerts: number;
}

/** Boards and alerts: each lane is asked for its rows, each alert for what is low, as the pages will do it. */
export const configureWorkflows = ({
  apps,
}: Pick<Host, "apps">): DoOptions<unknown, { plan: AppSchema }, ConfiguredWorkflows> => ({
  run: async ({ results: { plan }, substeps, log }) => {
    const all = workflowsOf(plan);
    if (all.length === 0)
      return new Skip("No table has a status or a stock to watch.", { boards: 0, alerts: 0 });
    const { db, schema } = apps.open(plan.app);
    const reporter = substeps(all.map(({ title }) => title));
    for (const { title, name, table, kind } of all) {
      reporter.begin(title);
      const count = (params: Record<string, string>) =>
        countRows({ db, schema }, name, readListQuery(table, new URLSearchParams(params)));
      if (kind === "board" && table.board !== null) {
        const lanes = table.columns[table.board]?.options ?? [];
        const rows = lanes.reduce((sum, lane) => sum + count({ [table.board ?? ""]: lane }), 0);
        if (rows > count({}))
          throw new AppError("conflict", `The lanes of “${title}” hold more rows than the table.`);
        log(`${title}: ${lanes.join(" → ")}`);
      } else if (table.alert !== null) {
        const { column, limit } = table.alert;
        const filters = [{ column, comparison: "lte" as const, other: limit }];
        const low = countRows({ db, schema }, name, { q: "", filters });
        log(`${title}: ${String(low)} rows are low now`);
      }
      reporter.end(title);
    }
    return countsOf(plan);
  },
  readsOnly: true,
  plan: ({ results: { plan } }) => {
    const all = workflowsOf(plan);
    return all.length === 0
      ? { lines: [], skip: "No table has a status or a stock to watch." }
      : {
          lines: all.map(({ title }) => says(title)),
          result: countsOf(plan),
        };
  },
  detail: ({ boards, alerts }) => `${boards} boards, ${alerts} alerts`,
  weightMs: 100,
});

interface Watched {
  title: string;
  name: string;
  table: Table;
  kind: "board" | "alert";
}

const workflowsOf = ({ tables }: AppSchema): Watched[] =>
  Object.entries(tables).flatMap(([name, table]): Watched[] => [
    ...(table.board === null
      ? []
      : [{ title: `${table.singular} board`, name, table, kind: "board" as const }]),
    ...(table.alert === null
      ? []
      : [{ title: `Alert on low ${table.title.toLowerCase()}`, name, table, kind: "alert" as const }]),
  ]);

const countsOf = (plan: AppSchema): ConfiguredWorkflows => ({
  boards: workflowsOf(plan).filter(({ kind }) => kind === "board").length,
  alerts: workflowsOf(plan).filter(({ kind }) => kind === "alert").length,
});
