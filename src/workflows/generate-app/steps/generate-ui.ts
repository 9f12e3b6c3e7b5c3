import { viewsOf } from "#apps/app-views.ts";
import { withoutKept } from "#apps/bulk/kept-lines.ts";
import { drawViews } from "#apps/draw-views.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { bringTo, staged } from "#apps/stages.ts";
import { says } from "#core/plan-line.ts";
import { plural } from "#core/plural.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";

export interface GeneratedUi {
  views: number;
}

/** Gives the app its pages, and draws each of them once over the new database, which shows that it works. */
export const generateUi = ({
  apps,
  page,
}: Pick<Host, "apps" | "page">): DoOptions<unknown, { plan: AppSchema }, GeneratedUi> => ({
  run: (ctx) => {
    const { slug, db } = bringTo(apps, ctx.results.plan, "pages");
    // The rows are in and stay: how far they had come need no longer be known.
    withoutKept(db);
    return drawViews(page, slug, viewsOf(staged(ctx.results.plan, "pages")), ctx);
  },
  safeBecause: "Pages that are there are not made again.",
  plan: ({ results: { plan } }) => {
    const views = viewsOf(staged(plan, "pages"));
    return {
      lines: views.map(({ title, path }) => says(`${title} at /apps/${plan.app}/${path}`)),
      result: { views: views.length },
    };
  },
  detail: ({ views }) => `${plural(views, "page")} drawn`,
  weightMs: 500,
});
