import { NetworkError } from "#connectors/http/network-error.ts";
import type { CrawlFind, CrawlProgress } from "#core/crawl.ts";
import { NoStart, walk } from "./walk.ts";

/** What the crawl's process is told: first its way so far, later perhaps to come to an end. */
export type ToCrawl = CrawlProgress | { pause: true };
/** What it tells: pages, now and then, and its end once. */
export type FromCrawl =
  | { finds: CrawlFind[] }
  | { ended: "done" | "paused" }
  | { failed: string; tryInstead: string | undefined };

/** Between two batches of pages: each is one commit on the other side. */
const tellEveryMs = 250;
const mostLinksAtOnce = 5_000;

const pausing = new AbortController();
const finds: CrawlFind[] = [];

const say = (message: FromCrawl) =>
  new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()));

const tell = async (): Promise<void> => {
  while (finds.length > 0) await say({ finds: finds.splice(0, batchOf(finds)) });
};

/** How many of them come first as one commit: at least one, and no more with very many links. */
const batchOf = (waiting: readonly CrawlFind[]): number => {
  let links = 0;
  const end = waiting.findIndex(({ page, leftOut }) => {
    links += page.links.length + leftOut.length;
    return links > mostLinksAtOnce;
  });
  return end < 0 ? waiting.length : Math.max(1, end);
};

const crawl = async (progress: CrawlProgress): Promise<FromCrawl> => {
  try {
    await walk({
      ...progress,
      pausing: pausing.signal,
      onFind: (find) => finds.push(find),
    });
    return { ended: pausing.signal.aborted ? "paused" : "done" };
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    return { failed, tryInstead: insteadOf(progress.url, error) };
  }
};

/**
 * The address to crawl instead, where one is known; the same one where it has to be corrected; undefined where it may be read later.
 * Many servers in one's own network speak plain http only, or https with a certificate that nobody here knows.
 */
const insteadOf = (url: string, error: unknown): string | undefined => {
  if (error instanceof NoStart) return error.tryInstead ?? url;
  if (!(error instanceof NetworkError)) return undefined;
  if (error.why === "dns" || error.why === "out-of-reach") return url;
  const noTls = error.why === "plain-http" || error.why === "tls";
  return noTls && url.startsWith("https:") ? url.replace(/^https:/, "http:") : undefined;
};

const begin = async (progress: CrawlProgress): Promise<void> => {
  const telling = setInterval(() => void tell(), tellEveryMs);
  const end = await crawl(progress);
  clearInterval(telling);
  await tell();
  await say(end);
  process.exit();
};

process.on("message", (message: ToCrawl) => {
  if ("pause" in message) pausing.abort();
  else void begin(message);
});
