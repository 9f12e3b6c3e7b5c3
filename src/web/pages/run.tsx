import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { decisionsIn } from "#core/answerers.ts";
import { AppError, noRun } from "#core/errors.ts";
import type { RunPicture } from "#core/picture.ts";
import { can } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { withTexts } from "#core/shared-run.ts";
import { HistoryPage } from "#views/history.tsx";
import { LogPage } from "#views/log.tsx";

import { type ReportSection, reportMarkdown, reportOf, reportText } from "#views/report.ts";
import { ReportPage } from "#views/report-page.tsx";
import type { RunView } from "#views/run/parts.tsx";
import { SinceLooked } from "#views/run/since-looked.tsx";
import { trimmedSentence } from "#views/run/trimmed.ts";
import { RunPage } from "#views/run.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { answerKind } from "#web/door.ts";
import { answerFragment } from "#web/live/fragment.ts";
import { type RunViews, versionOf } from "#web/live/run-views.tsx";
import { cookieOf, look } from "#web/looked.ts";
import { pageProps } from "#web/page-props.ts";
import { privacyOf } from "#web/privacy-of.ts";
import { logText } from "./log-text.ts";
import { searchLog } from "./search-log.ts";

const historyEvents = 1_000;
const earlierShown = 6;

export type RunPageDeps = Pick<
  WebDeps,
  "engine" | "store" | "longLines" | "clock" | "staticFiles" | "news" | "shares" | "notify"
>;

/** A run: the page, its whole history and its log. */
export const runPages = (deps: RunPageDeps, views: RunViews) =>
  new Hono<WebEnv>()
    .get(routes.run.pattern, (c) => showRun(c, deps, views, c.req.param("id")))
    .get(routes.progress.pattern, async (c) => {
      const picture = await deps.engine.picture(c.req.param("id"));
      return c.html(<SinceLooked {...(await sinceLooked(c, deps, picture))} />);
    })
    .get(routes.history.pattern, async (c) => {
      const picture = await deps.engine.picture(c.req.param("id"));
      const events = await deps.store.history(picture.id, historyEvents);
      return c.html(
        <HistoryPage {...pageProps(c, deps)} picture={picture} events={events} now={deps.clock.now()} />,
      );
    })
    .get(routes.log.pattern, async (c) => {
      const picture = await deps.engine.picture(c.req.param("id"));
      const line = c.req.query("line") ?? "";
      const filter = {
        search: c.req.query("search") ?? "",
        step: c.req.query("step") ?? "",
        line: /^\d{1,12}$/.test(line) ? Number(line) : null,
      };
      const found = await searchLog(deps.store, picture.id, filter);
      return c.html(
        <LogPage
          {...pageProps(c, deps)}
          {...found}
          picture={picture}
          filter={filter}
          now={deps.clock.now()}
        />,
      );
    })
    .get(routes.logText.pattern, async (c) => {
      const picture = await deps.engine.picture(c.req.param("id"));
      const trimmed = trimmedSentence(picture);
      const head = trimmed === null ? "" : `${trimmed}\n`;
      return c.body(logText(deps, picture.id, head), 200, { "Content-Type": "text/plain; charset=utf-8" });
    })
    .get(routes.report.pattern, async (c) => {
      const { id } = c.req.param();
      const sections = await sectionsOf(deps, id);
      const head = `${reportText(sections)}\n\n## Log\n\n`;
      return c.body(logText(deps, id, head), 200, { "Content-Type": "text/plain; charset=utf-8" });
    })
    .get(routes.reportPage.pattern, async (c) => {
      const { id } = c.req.param();
      const sections = await sectionsOf(deps, id);
      return c.html(<ReportPage sections={sections} runId={id} version={deps.staticFiles.version} />);
    })
    .get(routes.reportMarkdown.pattern, async (c) => {
      const sections = await sectionsOf(deps, c.req.param("id"));
      return c.body(reportMarkdown(sections), 200, { "Content-Type": "text/markdown; charset=utf-8" });
    });

const sectionsOf = async (
  { engine, store, news, clock }: RunPageDeps,
  runId: string,
): Promise<ReportSection[]> => {
  const [whole, at, { values, mask }] = await Promise.all([
    engine.picture(runId),
    store.run(runId),
    privacyOf({ engine, store }, runId),
  ]);
  if (at === null) throw new AppError("not-found", noRun);
  const decided = at.steps.map(({ title, result, form }) => ({
    title,
    decisions: decisionsIn(result ?? form),
  }));
  const reported = { picture: whole, values, decided, version: news.version, now: clock.now() };
  return withTexts(reportOf(reported), mask);
};

/**
 * The run as it is now, with what was typed so far and what was wrong with it: for htmx what its page has not seen yet, the whole page
 * otherwise.
 */
export const showRun = async (
  c: Context<WebEnv>,
  deps: RunPageDeps,
  views: RunViews,
  runId: string,
  asked: Pick<RunView, "draft" | "error"> & { status?: ContentfulStatusCode } = {},
): Promise<Response> => {
  const { status = 200, ...typed } = asked;
  deps.notify.watching.saw(c.get("identity").person.id, runId);
  const look = await views.look(runId, await versionOf(deps, runId), true, c.get("identity"));
  if (answerKind(c) === "fragment") {
    const told = new URLSearchParams(c.req.header("Milepost-Seen")?.replace(/^.*\?/, "")).get("seen") ?? "";
    c.status(status);
    return answerFragment(c, await look.since(told, typed));
  }
  const { picture, handOver, seen } = look;
  const open = deps.engine.openLines.of(runId);
  const { workflowId, starter } = picture;
  const mayShare = can(c.get("identity"), "control", { workflowId, starter });
  const [earlier, shares, looked, bell] = await Promise.all([
    earlierRuns(deps, picture),
    mayShare ? deps.shares.list(runId) : null,
    sinceLooked(c, deps, picture),
    bellOf(deps, runId, c.get("identity").person.id),
  ]);
  const side = { earlier, shares, looked, bell };
  const view = { ...typed, ...side, picture, handOver, seen, open, now: deps.clock.now() };
  return c.html(<RunPage {...pageProps(c, deps)} {...view} />, status);
};

/** What became of its time since this person last looked at it in this browser, who looks at it now. */
const sinceLooked = async (c: Context<WebEnv>, deps: RunPageDeps, picture: RunPicture) => {
  const before = look(c, deps, picture);
  const told = before === null ? null : await deps.engine.sinceLooked(picture.id, before);
  return { picture, told, cookie: cookieOf(c), now: deps.clock.now() };
};

const bellOf = async ({ store }: RunPageDeps, runId: string, personId: string): Promise<boolean | null> =>
  (await store.notify.bells(runId)).find((one) => one.personId === personId)?.rings ?? null;

const earlierRuns = async ({ engine }: RunPageDeps, { id, workflowId }: RunPicture) => {
  const { rows } = await engine.runs({
    workflowId,
    states: ["completed", "failed", "cancelled", "undone"],
    limit: earlierShown + 1,
  });
  return rows.filter((row) => row.id !== id).slice(0, earlierShown);
};
