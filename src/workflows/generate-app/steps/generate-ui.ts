import type { AppSchema } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { GenerateDeps } from "#workflows/generate-app/deps.ts";
import { viewsOf } from "#workflows/generate-app/views.ts";

export interface GeneratedUi {
  views: number;
}

/** Has the app draw each of its pages once over its new database, and looks that the page is the one it should be. */
export const generateUi = ({
  page,
}: Pick<GenerateDeps, "page">): DoOptions<unknown, { plan: AppSchema }, GeneratedUi> => ({
  run: async ({ results: { plan }, substeps, progress, signal, log }) => {
    const views = viewsOf(plan);
    const reporter = substeps(views.map(({ title }) => title));
    for (const [at, { title, path, says }] of views.entries()) {
      signal.throwIfAborted();
      reporter.begin(title);
      const { status, text } = await page(plan.app, path);
      if (status !== 200 || !text.includes(escaped(says))) {
        reporter.end(title, "failed");
        throw new AppError(
          "conflict",
          `The page “${title}” of the app does not work: it answered ${status}${status === 200 ? `, but does not say “${says}”` : ""}. Undo this run and plan the app anew.`,
          { detail: text.slice(0, 500) },
        );
      }
      log(`${title}: ${text.length.toLocaleString("en")} characters of HTML`);
      reporter.end(title);
      progress(at + 1, views.length, "pages drawn");
    }
    return { views: views.length };
  },
  safeBecause: "Drawing a page changes nothing.",
  plan: ({ results: { plan } }) => {
    const views = viewsOf(plan);
    return {
      lines: views.map(({ title, path }) => ({
        kind: "words",
        text: `${title} at /apps/${plan.app}/${path}`,
      })),
      result: { views: views.length },
    };
  },
  detail: ({ views }) => `${views} pages answer`,
  weightMs: 500,
});

/** Text as it stands in HTML. */
const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
