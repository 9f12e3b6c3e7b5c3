import { workflow } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";
import { outcome } from "./outcome.ts";
import { startGenerate } from "./start.ts";
import { configureWorkflows } from "./steps/configure-workflows.ts";
import { createDatabaseTables } from "./steps/create-tables.ts";
import { draftPlan } from "./steps/draft.ts";
import { generateUi } from "./steps/generate-ui.ts";
import { askPlan } from "./steps/plan.ts";
import { addSearchAndFilters } from "./steps/search-filters.ts";

/** Makes a working app from a description: a plan to look at and change, then tables, pages, search and boards. */
export default (host: Pick<Host, "apps" | "page" | "connections" | "errands" | "files" | "isLocked">) =>
  workflow(
    "generate-app",
    "Generate an app",
    "Begin with a template, the rows of a spreadsheet, CSV files or your own words; Milepost plans tables, pages, search and boards, shows you the plan, and makes a working app of it.",
    startGenerate(host),
  )
    .do("draft", "Understand the description", draftPlan(host))
    .ask("plan", "Agree to the plan", askPlan)
    .do("create-tables", "Create database tables", createDatabaseTables(host))
    .do("generate-ui", "Generate application UI", generateUi(host))
    .do("search-filters", "Add search and filters", addSearchAndFilters(host))
    .do("workflows", "Configure workflows", configureWorkflows(host))
    .hands(outcome, {
      size: (_input, { plan }) =>
        plan == null ? null : { count: Object.keys(plan.tables).length, what: "tables" },
    });
