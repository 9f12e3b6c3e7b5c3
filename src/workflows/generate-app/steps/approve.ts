import { viewsOf } from "#apps/app-views.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import type { ApproveOptions } from "#core/approval.ts";
import { summary } from "./plan.ts";

/** The go-ahead before anything is made. */
export const approveApp: ApproveOptions<unknown, { plan: AppSchema }> = {
  about: ({ results: { plan } }) => ({
    what: `Milepost makes the app “${plan.title}” at /apps/${plan.app}/ with a database of its own. Nothing that is there already is changed.`,
    risk: "low",
    impact: [
      `Tables that are made: ${Object.values(plan.tables)
        .map(({ title }) => title)
        .join(", ")}.`,
      `Pages that are made: ${viewsOf(plan).length}.`,
      "It can be undone: the app goes, and is kept for 30 days with all that was entered into it.",
    ],
    shown: summary(plan),
  }),
  modify: "plan",
};
