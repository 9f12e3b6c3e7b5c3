import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import type { CheerioAPI } from "cheerio";
import { type CrawledPage, isOn, readPage, unreadablePage } from "./read-page.ts";
import { readRobots } from "./robots.ts";

export interface CrawlOptions {
  start: URL;
  mostPages: number;
  /** Clicks from the start beyond which links are not followed. */
  mostDepth: number;
  /** At least this long between two requests; the site's own crawl-delay counts when it is longer, up to a minute. */
  pauseMs: number;
  concurrency: number;
  signal: AbortSignal;
  now(): Date;
  onPage(page: CrawledPage): void;
  onProgress?(pagesDone: number, pagesKnown: number): void;
}

const userAgent = "MilepostSandbox/1.0 (a small crawler that obeys robots.txt)";

/** Longer delays are asked for by mistake only. */
const longestPauseMs = 60_000;

/** What a page may be at most; what is no HTML is not read at all. */
const mostPageBytes = 10 * 1_024 * 1_024;

/**
 * Crawls one host politely with Crawlee: robots.txt and its crawl-delay are obeyed, redirects are recorded and not followed in silence,
 * other hosts are never visited. Throws when the start address may not or cannot be read, and when it leads to another host.
 */
export const crawlSite = async (options: CrawlOptions): Promise<void> => {
  const { start, mostPages, mostDepth, signal, now, onPage, onProgress } = options;
  // Loaded here, because most servers never crawl and it takes a while.
  const { CheerioCrawler, Configuration, log, LogLevel } = await import("@crawlee/cheerio");
  log.setLevel(LogLevel.OFF);
  const rules = await readRobots(start, userAgent, signal);
  if (!rules.allows(start.href)) throw new Error("its robots.txt does not allow it.");
  const pauseMs = Math.min(longestPauseMs, Math.max(options.pauseMs, rules.crawlDelayMs));
  let nextAt = performance.now() + (rules.crawlDelayMs > 0 ? pauseMs : 0);
  const known = new Set<string>([start.href]);
  let done = 0;
  let whyNot: unknown = null;

  const crawler = new CheerioCrawler(
    {
      maxConcurrency: pauseMs > 0 ? 1 : options.concurrency,
      maxRequestsPerCrawl: mostPages,
      maxRequestRetries: 1,
      useSessionPool: false,
      persistCookiesPerSession: false,
      additionalMimeTypes: ["*/*"],
      ignoreHttpErrorStatusCodes: Array.from({ length: 200 }, (_, index) => 400 + index),
      navigationTimeoutSecs: 30,
      requestHandlerTimeoutSecs: 30 + pauseMs / 1_000,
      preNavigationHooks: [
        async ({ request }, got) => {
          // Crawlee's own `sameDomainDelaySecs` does nothing for hosts that are IP addresses or have no public suffix.
          const early = nextAt - performance.now();
          if (early > 0) await wait(early, undefined, { signal });
          nextAt = performance.now() + pauseMs;
          got.followRedirect = false;
          // Else the request would look like one of a browser, which this is not.
          Object.assign(got, { useHeaderGenerator: false });
          got.headers = { ...got.headers, "user-agent": userAgent, accept: "text/html,*/*;q=0.5" };
          request.userData.begunAt = performance.now();
        },
      ],
      postNavigationHooks: [
        (context) => {
          // From the answer on, because a request may have left later than it was begun.
          nextAt = performance.now() + pauseMs;
          context.response = bounded(context.response);
        },
      ],
      requestHandler: async ({ request, response, body, contentType, $ }) => {
        const isHtml = contentType?.type?.includes("html") === true;
        const found = readPage({
          url: request.url,
          status: response.statusCode ?? null,
          headers: response.headers,
          byteSize: isHtml ? Buffer.byteLength(body) : Number(response.headers["content-length"] ?? 0),
          contentType: contentType?.type ?? null,
          $: isHtml ? ($ as CheerioAPI) : null,
          loadMs: Math.round(performance.now() - Number(request.userData.begunAt)),
          crawledAt: now(),
          host: start.host,
        });
        if (request.url === start.href && found.redirectTo !== null && !isOn(found.redirectTo, start.host))
          whyNot = new Error(`it leads to ${found.redirectTo}, so crawl that address instead.`);
        const depth = Number(request.userData.depth ?? 0) + 1;
        const next: { url: string; uniqueKey: string; userData: { depth: number } }[] = [];
        for (const url of found.redirectTo === null ? found.links : [...found.links, found.redirectTo]) {
          if (depth > mostDepth || known.size >= mostPages) break;
          if (known.has(url) || !isOn(url, start.host) || !rules.allows(url)) continue;
          known.add(url);
          next.push({ url, uniqueKey: url, userData: { depth } });
        }
        await crawler.addRequests(next);
        done++;
        onPage(found);
        onProgress?.(done, known.size);
      },
      failedRequestHandler: ({ request }, error) => {
        if (request.url === start.href) whyNot = error;
        done++;
        onPage(unreadablePage(request.url, now()));
        onProgress?.(done, known.size);
      },
    },
    new Configuration({ persistStorage: false, purgeOnStart: false, systemInfoV2: true }),
  );
  const stop = () => void crawler.stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    // An abort before this line was heard by nobody.
    if (!signal.aborted)
      await crawler.run([{ url: start.href, uniqueKey: start.href, userData: { depth: 0 } }]);
  } finally {
    signal.removeEventListener("abort", stop);
    await crawler.teardown();
  }
  signal.throwIfAborted();
  if (whyNot !== null) throw whyNot;
};

/** The answer without the body of what is no HTML, and cut off where a page gets absurdly long: both would be held in memory. */
const bounded = (response: IncomingMessage): IncomingMessage => {
  const isHtml = /\bhtml\b/i.test(response.headers["content-type"] ?? "");
  const to = new PassThrough();
  let size = 0;
  if (isHtml) {
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      to.write(chunk);
      if (size < mostPageBytes) return;
      to.end();
      response.destroy();
    });
    response.once("end", () => to.end());
    response.once("error", (error) => (size < mostPageBytes ? to.destroy(error) : undefined));
  } else {
    response.on("error", () => undefined);
    response.destroy();
    to.end();
  }
  const { statusCode, headers, url } = response;
  return Object.assign(to, { statusCode, headers, url }) as unknown as IncomingMessage;
};
