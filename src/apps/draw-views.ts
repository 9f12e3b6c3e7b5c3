import type { AppSchema } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import type { DoContext } from "#core/step-context.ts";
import type { AskPage } from "./app-page.ts";
import { viewsOf } from "./app-views.ts";

type Reporting = Pick<DoContext<unknown, unknown>, "substeps" | "progress" | "signal" | "log">;

/** Has an app draw each of its pages once, and looks that the page is the one it should be. Throws AppError("conflict"). */
export const drawViews = async (
  page: AskPage,
  schema: AppSchema,
  { substeps, progress, signal, log }: Reporting,
): Promise<{ views: number }> => {
  const views = viewsOf(schema);
  const reporter = substeps(views.map(({ title }) => title));
  for (const [at, { title, path, says }] of views.entries()) {
    signal.throwIfAborted();
    reporter.begin(title);
    const { status, text } = await page(schema.app, path);
    if (status !== 200 || !text.includes(escaped(says))) {
      reporter.end(title, "failed");
      throw new AppError(
        "conflict",
        `The page “${title}” of the app does not work: it answered ${status}${status === 200 ? `, but does not say “${says}”` : ""}. Undo this run.`,
        { detail: text.slice(0, 500) },
      );
    }
    log(`${title}: ${text.length.toLocaleString("en")} characters of HTML`);
    reporter.end(title);
    progress(at + 1, views.length, "pages drawn");
  }
  return { views: views.length };
};

/** Text as it stands in HTML. */
const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
