import { AppError } from "#core/errors.ts";
import type { DoContext } from "#core/step-context.ts";
import type { AskPage } from "./app-page.ts";
import type { AppView } from "./app-views.ts";

type Reporting = Pick<DoContext<unknown, unknown>, "substeps" | "progress" | "signal" | "log">;

/** Has an app draw each of these pages once. Throws as `drawView` does. */
export const drawViews = async (
  page: AskPage,
  app: string,
  views: readonly AppView[],
  { substeps, progress, signal, log }: Reporting,
): Promise<{ views: number }> => {
  const reporter = substeps(views.map(({ title }) => title));
  for (const [at, view] of views.entries()) {
    signal.throwIfAborted();
    reporter.begin(view.title);
    log(
      await drawView(page, app, view).catch((error: unknown) => {
        reporter.end(view.title, "failed");
        throw error;
      }),
    );
    reporter.end(view.title);
    progress(at + 1, views.length, "pages drawn");
  }
  return { views: views.length };
};

/** What an app answers whose database is away, or too busy to answer in time: that says nothing of the page. */
const awayStatuses: readonly number[] = [502, 503, 504];

/** Has an app draw a page, looks that it is the one it should be, and says so. Throws AppError("conflict"), and AppError("store-busy") where that may pass. */
export const drawView = async (
  page: AskPage,
  app: string,
  { title, path, says }: AppView,
): Promise<string> => {
  const { status, text } = await page(app, path);
  if (awayStatuses.includes(status))
    throw new AppError("store-busy", `The database did not answer in time to draw the page “${title}”.`);
  if (status !== 200 || !text.includes(escaped(says)))
    throw new AppError(
      "conflict",
      `The page “${title}” of the app does not work: it answered ${status}${status === 200 ? `, but does not say “${says}”` : ""}. Undo this run.`,
      { detail: text.slice(0, 500) },
    );
  return `${title}: ${text.length.toLocaleString("en")} characters of HTML`;
};

/** Text as it stands in HTML. */
const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
