import type { CheerioAPI } from "cheerio";
import robots from "robots-parser";

/** What a crawl found at one address. */
export interface CrawledPage {
  url: string;
  httpCode: number | null;
  contentType: string | null;
  title: string | null;
  description: string | null;
  h1: string[];
  canonical: string | null;
  noindex: boolean;
  redirectTo: string | null;
  byteSize: number;
  loadMs: number;
  /** Internal links, each once. */
  links: string[];
}

export interface CrawlOptions {
  start: URL;
  mostPages: number;
  /** At least this long between two requests; the site's own crawl-delay counts when it is longer. */
  pauseMs: number;
  concurrency: number;
  signal: AbortSignal;
  onPage(page: CrawledPage): void;
  onProgress?(pagesDone: number, pagesKnown: number): void;
}

const userAgent = "MilepostSandbox/1.0 (a small crawler that obeys robots.txt)";

/**
 * Crawls one host politely with Crawlee: robots.txt and its crawl-delay are obeyed, redirects are recorded and not followed in silence,
 * other hosts are never visited. Throws when the start address cannot be read at all.
 */
export const crawlSite = async (options: CrawlOptions): Promise<void> => {
  const { start, mostPages, signal, onPage, onProgress } = options;
  // Loaded here, because most servers never crawl and it takes a while.
  const { CheerioCrawler, Configuration, log, LogLevel } = await import("@crawlee/cheerio");
  log.setLevel(LogLevel.OFF);
  const rules = await readRobots(start, signal);
  const allowed = (url: string) => rules.isAllowed(url, userAgent) !== false;
  const pauseMs = Math.max(options.pauseMs, (rules.getCrawlDelay(userAgent) ?? 0) * 1_000);
  const known = new Set<string>([start.href]);
  let done = 0;
  let startError: unknown = null;

  const crawler = new CheerioCrawler(
    {
      maxConcurrency: pauseMs > 0 ? 1 : options.concurrency,
      sameDomainDelaySecs: pauseMs / 1_000,
      maxRequestsPerCrawl: mostPages,
      maxRequestRetries: 1,
      useSessionPool: false,
      persistCookiesPerSession: false,
      additionalMimeTypes: ["*/*"],
      ignoreHttpErrorStatusCodes: Array.from({ length: 200 }, (_, index) => 400 + index),
      navigationTimeoutSecs: 30,
      requestHandlerTimeoutSecs: 30,
      preNavigationHooks: [
        ({ request }, got) => {
          got.followRedirect = false;
          got.headers = { ...got.headers, "user-agent": userAgent };
          request.userData.begunAt = performance.now();
        },
      ],
      requestHandler: async ({ request, response, body, contentType, $ }) => {
        const found = readPage({
          url: request.url,
          status: response.statusCode ?? null,
          location: response.headers.location ?? null,
          body,
          contentType: contentType?.type ?? null,
          $: contentType?.type?.includes("html") ? ($ as CheerioAPI) : null,
          loadMs: Math.round(performance.now() - Number(request.userData.begunAt)),
          host: start.host,
        });
        const next = [...found.links, ...(found.redirectTo === null ? [] : [found.redirectTo])].filter(
          (url) => isOn(url, start.host) && !known.has(url) && allowed(url) && known.size < mostPages,
        );
        for (const url of next) known.add(url);
        await crawler.addRequests(next.map((url) => ({ url, uniqueKey: url })));
        done++;
        onPage(found);
        onProgress?.(done, known.size);
      },
      failedRequestHandler: ({ request }, error) => {
        if (request.url === start.href) startError = error;
        done++;
        onPage({ ...unreadable, url: request.url });
        onProgress?.(done, known.size);
      },
    },
    new Configuration({ persistStorage: false, purgeOnStart: false, systemInfoV2: true }),
  );
  const stop = () => void crawler.stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await crawler.run([{ url: start.href, uniqueKey: start.href }]);
  } finally {
    signal.removeEventListener("abort", stop);
    await crawler.teardown();
  }
  if (signal.aborted) throw signal.reason;
  if (startError !== null) throw startError;
};

const unreadable: Omit<CrawledPage, "url"> = {
  httpCode: null,
  contentType: null,
  title: null,
  description: null,
  h1: [],
  canonical: null,
  noindex: false,
  redirectTo: null,
  byteSize: 0,
  loadMs: 0,
  links: [],
};

// The package is CommonJS, but its types tell of a default export.
const parseRobots = robots as unknown as typeof robots.default;

const readRobots = async (start: URL, signal: AbortSignal) => {
  const address = new URL("/robots.txt", start).href;
  const text = await fetch(address, {
    headers: { "user-agent": userAgent },
    signal: AbortSignal.any([signal, AbortSignal.timeout(15_000)]),
  }).then(
    (answer) => (answer.ok ? answer.text() : ""),
    () => "",
  );
  return parseRobots(address, text);
};

interface Answer {
  url: string;
  status: number | null;
  location: string | null;
  body: string | Buffer;
  contentType: string | null;
  $: CheerioAPI | null;
  loadMs: number;
  host: string;
}

const readPage = ({ url, status, location, body, contentType, $, loadMs, host }: Answer): CrawledPage => {
  const page: CrawledPage = {
    ...unreadable,
    url,
    httpCode: status,
    contentType,
    redirectTo:
      location === null || status === null || status < 300 || status > 399 ? null : absolute(location, url),
    byteSize: Buffer.byteLength(body),
    loadMs,
  };
  if ($ === null) return page;
  const canonical = $('link[rel="canonical"]').attr("href");
  const links = $("a[href]")
    .map((_, link) => absolute($(link).attr("href") ?? "", url))
    .get()
    .filter((link) => link !== null && isOn(link, host));
  return {
    ...page,
    title: textOrNull($("head > title").first().text()),
    description: textOrNull($('meta[name="description"]').attr("content")),
    h1: $("h1")
      .map((_, h1) => $(h1).text().trim())
      .get()
      .filter((text) => text !== ""),
    canonical: canonical === undefined ? null : absolute(canonical, url),
    noindex: /\bnoindex\b/i.test($('meta[name="robots"]').attr("content") ?? ""),
    links: [...new Set(links)],
  };
};

const textOrNull = (text: string | undefined): string | null => {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" ? null : trimmed;
};

const absolute = (href: string, base: string): string | null => {
  if (!URL.canParse(href, base)) return null;
  const url = new URL(href, base);
  url.hash = "";
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
};

const isOn = (url: string, host: string): boolean => new URL(url).host === host;
