import { type Crawl, type Crawls, crawlsAt } from "#core/crawl.ts";
import { AppError } from "#core/errors.ts";
import { number, text } from "#core/field-kinds.ts";
import { wrong } from "#core/fields.ts";
import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { start } from "#core/start.ts";
import type { WaitContext } from "#core/step-context.ts";
import type { WayOn } from "#core/way-on.ts";
import { type Look, workflow } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";
import { counted, type Reach, remembered } from "./likely-pages.ts";
import { notInIt } from "./not-in-it.ts";

interface Crawled {
  org: string;
  project: string;
  analysis: string;
  pages: number;
  /** It ended before all was read. */
  cutOff?: boolean;
  /** What is not in it, a sentence each. */
  missing?: string[];
}

/** Reads the address of a site; the scheme may be left out. */
const readSite = (typed: string): string => {
  const whole = /^[a-z][a-z0-9+.-]*:/i.test(typed) ? typed : `https://${typed}`;
  const url = typed !== "" && URL.canParse(whole) ? new URL(whole) : null;
  if (url !== null && (url.protocol === "https:" || url.protocol === "http:")) return url.href;
  throw wrong("url", "Enter the address of a site, such as https://www.example.com/.");
};

const startCrawl = start({
  fields: [
    text("url", "Address of the site", {
      help: "The crawl begins here and stays on this host. It obeys robots.txt and asks twice a second at most, a site on this machine faster.",
      placeholder: "https://www.example.com/",
      inputMode: "url",
      required: true,
      read: readSite,
    }),
    number("maxPages", "At most so many pages", { preset: 2_000, min: 1, max: 100_000 }),
  ],
  submit: "Start the crawl",
  subject: ({ url }) => new URL(url).host,
  lock: ({ url }) => `crawl:${new URL(url).host}`,
});

/** Crawls a site from this machine, so that its URLs can be exported without any account. */
export default ({ crawls, lookEveryMs }: Pick<Host, "crawls" | "lookEveryMs">) =>
  crawls === null ? null : crawlSite(crawls, lookEveryMs);

const crawlSite = (crawls: Crawls, lookEveryMs: number) =>
  workflow(
    "crawl-site",
    "Crawl a site",
    "Milepost crawls any site politely from this machine; then you can export its URLs without any account.",
    startCrawl,
  )
    .do("begin", "Begin the crawl", {
      run: async ({ input, key }) => {
        const { id } = await crawls.begin({ url: input.url, mostPages: input.maxPages, key });
        return { id };
      },
      safeBecause: "The crawler knows this run's key and never begins a second crawl for it.",
      weightMs: 500,
    })
    .wait("crawl", "Crawl the pages", {
      look: async ({ input, results, progress, memo, log }): Promise<Look<Crawled>> => {
        const crawl = await crawls.get(results.begin.id).catch(forgotten);
        const done = await logPages(crawls, crawl.id, progress?.done ?? 0, log);
        switch (crawl.state) {
          case "failed":
          case "cancelled":
            throw notCrawled(crawl, input.maxPages);
          case "paused":
            // Nobody looks while the run is paused, so a crawl that still is was forgotten when the server ended.
            await crawls.resume(crawl.id);
            return { waiting: "running" };
          case "running": {
            const { pagesKnown } = crawl;
            const what = `pages read, ${pagesKnown.toLocaleString("en")} known so far`;
            const reach = { done, known: pagesKnown };
            const before = Array.isArray(memo) ? (memo as Reach[]) : [];
            return {
              waiting: "running",
              progress: { ...counted(before, reach, input.maxPages), what },
              memo: remembered(before, reach),
            };
          }
          case "done": {
            const { org, project, analysis, pagesDone: pages } = crawl;
            const cutOff = crawl.stopped || crawl.leftOut.some(({ why }) => why === "limit");
            return {
              done: { org, project, analysis, pages, cutOff, missing: notInIt(crawl) },
              progress: { done: pages, total: null, what: "pages read" },
            };
          }
          default:
            return crawl.state satisfies never;
        }
      },
      everyMs: Math.min(lookEveryMs, 2_000),
      timeoutMs: 24 * 3_600_000,
      whilePaused: {
        stop: async ({ results }) => {
          const { pagesDone } = await crawls.pause(results.begin.id);
          return `The crawl stands still after ${pagesDone.toLocaleString("en")} pages; the site is not asked for any.`;
        },
        goOn: async ({ results }) => {
          await crawls.resume(results.begin.id);
          return "The crawl goes on from where it stood; no page is read twice.";
        },
      },
      onCancel: async ({ results }) => {
        const { state, pagesDone, org, project, analysis } = await crawls.cancel(results.begin.id);
        return state === "done"
          ? `The crawler stopped. The ${pagesDone.toLocaleString("en")} pages that it had read are kept as ${org}/${project}, crawl ${analysis}, which can be exported.`
          : "The crawler was told to stop, before it had read any page.";
      },
      detail: ({ pages }) => plural(pages, "URL"),
      weightMs: 60_000,
    })
    .hands((_input, { crawl }) => ({
      sentence: `${crawl.cutOff === true ? "Only the first " : ""}${crawl.pages.toLocaleString("en")} URLs of ${crawl.project} are ready to be exported.`,
      links: [{ label: "Export them to CSV", href: exportOf(crawl) }],
      facts: [
        { label: "Project", value: `${crawl.org}/${crawl.project}` },
        { label: "Crawl", value: crawl.analysis },
        // Runs of an earlier version know nothing of it.
        ...(crawl.missing ?? []).map((value) => ({ label: "Not in it", value })),
      ],
    }));

/** The form that exports this very crawl, filled in. */
const exportOf = ({ org, project, analysis }: Crawled): string =>
  routes.workflow.href(
    { id: "botify-export" },
    { connection: crawlsAt, project: `${org}/${project}/${analysis}` },
  );

/** Tells each page that was read since the first `after`; gives how many there are by now. */
const logPages = async (
  crawls: Crawls,
  id: number,
  after: number,
  log: WaitContext<unknown, unknown>["log"],
): Promise<number> => {
  for (let told = after; ; ) {
    const lines = await crawls.lines(id, told);
    for (const { url, httpCode, loadMs, cut } of lines) {
      const took = loadMs === null ? "" : ` in ${loadMs.toLocaleString("en")} ms`;
      log(
        `${httpCode ?? "no answer"} ${url}${took}${cut === null ? "" : `. ${cut}`}`,
        cut === null ? "info" : "warn",
      );
    }
    told += lines.length;
    if (lines.length === 0) return told;
  }
};

/** What is not in the crawler's own book will never be. */
const forgotten = (thrown: unknown): never => {
  if (!(thrown instanceof AppError) || thrown.code !== "not-found") throw thrown;
  const wayOn = { back: "begin", why: "to crawl the site once more" };
  throw new AppError("not-found", thrown.message, { cause: thrown, canPass: false, wayOn });
};

/** Why nothing was crawled, and what leads to a crawl: another address where one is known, else trying once more. */
const notCrawled = ({ error, tryInstead, url }: Crawl, maxPages: number): AppError => {
  const form = (address: string) =>
    routes.workflow.href({ id: "crawl-site" }, { url: address, maxPages: String(maxPages) });
  const wayOn = ((): WayOn => {
    if (tryInstead === null) return { back: "begin", why: "to try once more" };
    if (tryInstead === url) return { href: form(url), label: "Start with another address" };
    return { href: form(tryInstead), label: `Crawl ${tryInstead} instead` };
  })();
  return new AppError("remote-failed", error ?? "The crawl ended without saying why.", {
    canPass: false,
    wayOn,
  });
};
