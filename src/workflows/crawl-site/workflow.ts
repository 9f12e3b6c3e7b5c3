import { AppError } from "#core/errors.ts";
import { number, text } from "#core/field-kinds.ts";
import { wrong } from "#core/fields.ts";
import { routes } from "#core/routes.ts";
import { start } from "#core/start.ts";
import { type Look, workflow } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";

interface Crawled {
  org: string;
  project: string;
  analysis: string;
  pages: number;
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
      help: "The crawl begins here and stays on this host. It obeys robots.txt and asks twice a second at most.",
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
export default ({ crawler, lookEveryMs }: Pick<Host, "crawler" | "lookEveryMs">) =>
  workflow(
    "crawl-site",
    "Crawl a site",
    "Milepost crawls any site politely from this machine; then you can export its URLs without any account.",
    startCrawl,
  )
    .do("begin", "Begin the crawl", {
      run: async ({ input, key, signal }) => {
        const crawl = await (await crawler()).begin({ ...input, key }, signal);
        return { id: crawl.id };
      },
      safeBecause: "The crawler knows this run's key and never begins a second crawl for it.",
      weightMs: 500,
    })
    .wait("crawl", "Crawl the pages", {
      look: async ({ results, signal }): Promise<Look<Crawled>> => {
        const crawl = await (await crawler()).get(results.begin.id, signal);
        if (crawl.state === "failed" || crawl.state === "cancelled") {
          throw new AppError(
            "remote-failed",
            `${crawl.error ?? "The crawl did not end well."} Go back to “Begin the crawl” to try once more.`,
            {
              canPass: false,
            },
          );
        }
        if (crawl.state === "running" || crawl.analysis === null) {
          const what = `pages read, ${crawl.pagesKnown.toLocaleString("en")} known so far`;
          const waiting = crawl.restarts === 0 ? "running" : "running, begun anew after a restart";
          return { waiting, progress: { done: crawl.pagesDone, total: null, what } };
        }
        return {
          done: { org: crawl.org, project: crawl.project, analysis: crawl.analysis, pages: crawl.pagesDone },
        };
      },
      everyMs: Math.min(lookEveryMs, 2_000),
      timeoutMs: 24 * 3_600_000,
      onCancel: async ({ results, signal }) => {
        await (await crawler()).cancel(results.begin.id, signal);
        return "The crawler was told to stop; pages read so far are dropped.";
      },
      detail: ({ pages }) => `${pages.toLocaleString("en")} URLs`,
      weightMs: 60_000,
    })
    .hands((_input, { crawl }) => ({
      sentence: `${crawl.pages.toLocaleString("en")} URLs of ${crawl.project} are ready to be exported.`,
      links: [{ label: "Export them to CSV", href: routes.workflow.href({ id: "botify-export" }) }],
      facts: [
        { label: "Project", value: `${crawl.org}/${crawl.project}` },
        { label: "Crawl", value: crawl.analysis },
      ],
    }));
