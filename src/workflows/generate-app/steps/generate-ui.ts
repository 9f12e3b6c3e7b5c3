import { viewsOf } from "#apps/app-views.ts";
import { drawViews } from "#apps/draw-views.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { says } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";

export interface GeneratedUi {
  views: number;
}

/** The app's pages follow from its plan; each of them is drawn once over the new database, which shows that it works. */
export const generateUi = ({
  page,
}: Pick<Host, "page">): DoOptions<unknown, { plan: AppSchema }, GeneratedUi> => ({
  run: (ctx) => drawViews(page, ctx.results.plan, ctx),
  readsOnly: true,
  plan: ({ results: { plan } }) => {
    const views = viewsOf(plan);
    return {
      lines: views.map(({ title, path }) => says(`${title} at /apps/${plan.app}/${path}`)),
      result: { views: views.length },
    };
  },
  detail: ({ views }) => `${views} pages answer`,
  weightMs: 500,
});
