import { viewsOf } from "#apps/app-views.ts";
import { drawViews } from "#apps/draw-views.ts";
import { says } from "#core/plan-line.ts";
import { plural } from "#core/plural.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { ChangeInput } from "#workflows/change-app/input.ts";
import type { PlannedChange } from "#workflows/change-app/planned.ts";
import type { Host } from "#workflows/host.ts";

/** Has the changed app draw each of its pages once. */
export const checkPages = ({
  page,
}: Pick<Host, "page">): DoOptions<ChangeInput, { preview: PlannedChange }, { views: number }> => ({
  run: (ctx) => {
    const { to } = ctx.results.preview;
    return drawViews(page, to.app, viewsOf(to), ctx);
  },
  readsOnly: true,
  plan: ({ results: { preview } }) => ({
    lines: viewsOf(preview.to).map(({ title }) => says(title)),
    result: { views: viewsOf(preview.to).length },
  }),
  detail: ({ views }) => `${plural(views, "page")} drawn`,
  weightMs: 300,
});
