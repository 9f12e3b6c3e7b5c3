import { type AppView, viewsOf } from "#apps/app-views.ts";
import { drawView } from "#apps/draw-views.ts";
import type { OpenApp } from "#apps/registry.ts";
import { everything } from "#apps/runtime/list-query.ts";
import { countRows } from "#apps/runtime/rows.ts";
import { countBroken } from "#apps/runtime/rules.ts";
import type { AppSchema, Rule, Table } from "#apps/runtime/schema.ts";
import { bringTo, staged } from "#apps/stages.ts";
import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import { plural } from "#core/plural.ts";
import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";

export interface ConfiguredWorkflows {
  boards: number;
  alerts: number;
  rules: number;
}

const none = "No table has a status, a stock to watch, or a rule.";

/** Gives the app its boards, alerts and rules: each board is drawn, each alert asked for what is low, each rule for the rows that break it. */
export const configureWorkflows = ({
  apps,
  page,
}: Pick<Host, "apps" | "page">): DoOptions<unknown, { plan: AppSchema }, ConfiguredWorkflows> => ({
  run: async ({ results: { plan }, substeps, log }) => {
    const app = bringTo(apps, plan, "workflows");
    const all = workflowsOf(plan);
    if (all.length === 0) return new Skip(none, countsOf(plan));
    const reporter = substeps(all.map(({ title }) => title));
    for (const one of all) {
      reporter.begin(one.title);
      log(one.kind === "board" ? await drawView(page, plan.app, one.view) : proven(app, one));
      reporter.end(one.title);
    }
    return countsOf(plan);
  },
  safeBecause: "A board, an alert or a rule that is there is not made again.",
  plan: ({ results: { plan } }) => {
    const all = workflowsOf(plan);
    return all.length === 0
      ? { lines: [], skip: none }
      : {
          lines: all.map(({ title }) => says(title)),
          result: countsOf(plan),
        };
  },
  detail: ({ boards, alerts, rules = 0 }) =>
    `${plural(boards, "board")}, ${plural(alerts, "alert")}, ${plural(rules, "rule")}`,
  weightMs: 100,
});

type Alert = NonNullable<Table["alert"]>;

/** What an app does with its rows by itself. */
type Configured = { title: string; name: string } & (
  | { kind: "board"; view: AppView }
  | { kind: "alert"; alert: Alert }
  | { kind: "rule"; rule: Rule }
);

const workflowsOf = (plan: AppSchema): Configured[] => {
  const others = new Set(viewsOf(staged(plan, "search")).map(({ path }) => path));
  const boards = viewsOf(plan).filter(({ path }) => !others.has(path));
  return [
    ...boards.map((view) => ({ title: view.title, name: view.path, kind: "board" as const, view })),
    ...Object.entries(plan.tables).flatMap(([name, { title, alert, rules = [] }]): Configured[] => [
      ...(alert === null
        ? []
        : [{ title: `Alert on low ${title.toLowerCase()}`, name, kind: "alert" as const, alert }]),
      ...rules.map((rule) => ({ title: `${title}: ${rule.rule}`, name, kind: "rule" as const, rule })),
    ]),
  ];
};

/** What an alert or a rule says of the rows that are there. Throws AppError("conflict") when some break the rule. */
const proven = (app: OpenApp, one: Exclude<Configured, { kind: "board" }>): string => {
  const { title, name } = one;
  if (one.kind === "alert") {
    const low = everything({ column: one.alert.column, comparison: "lte", other: one.alert.limit });
    return `${title}: ${countRows(app, name, low)} rows are low now`;
  }
  const broken = countBroken(app, name, one.rule);
  if (broken === null) return `${title}: holds for each change from now on`;
  if (broken > 0)
    throw new AppError("conflict", `${broken} rows break the rule “${one.rule.rule}”. Undo this run.`);
  return `${title}: no row breaks it`;
};

const countsOf = (plan: AppSchema): ConfiguredWorkflows => {
  const all = workflowsOf(plan);
  const count = (kind: Configured["kind"]) => all.filter((one) => one.kind === kind).length;
  return { boards: count("board"), alerts: count("alert"), rules: count("rule") };
};
