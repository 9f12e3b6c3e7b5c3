import type { AppSchema } from "#apps/runtime/schema.ts";
import { routes } from "#core/routes.ts";
import type { Outcome } from "#core/run.ts";
import type { GeneratedUi } from "./steps/generate-ui.ts";

/** What the run hands over: the app and what it can do. */
export const outcome = (
  _input: unknown,
  { plan, "generate-ui": ui }: { plan: AppSchema; "generate-ui": GeneratedUi },
): Outcome => ({
  sentence: `“${plan.title}” is ready at ${routes.app.href({ slug: plan.app })}.`,
  links: [
    { label: "Open the app", href: routes.app.href({ slug: plan.app }) },
    { label: "Change it", href: routes.workflow.href({ id: "change-app" }, { app: plan.app }) },
    { label: "Make another", href: routes.workflow.href({ id: "generate-app" }) },
  ],
  facts: [
    {
      label: "Tables",
      value: Object.values(plan.tables)
        .map(({ title }) => title)
        .join(", "),
    },
    { label: "Pages", value: String(ui.views) },
    {
      label: "Search in",
      value:
        Object.values(plan.tables)
          .filter(({ search }) => search.length > 0)
          .map(({ title }) => title)
          .join(", ") || "nothing",
    },
    {
      label: "Boards",
      value:
        Object.values(plan.tables)
          .filter(({ board }) => board !== null)
          .map(({ title }) => title)
          .join(", ") || "none",
    },
  ],
});
