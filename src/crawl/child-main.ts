import type { CrawlFind, CrawlProgress } from "#core/crawl.ts";
import { walk } from "./walk.ts";

/** What the crawl's process is told: first its way so far, later perhaps to come to an end. */
export type ToCrawl = CrawlProgress | { pause: true };
/** What it tells: pages, now and then, and its end once. */
export type FromCrawl =
  | { finds: CrawlFind[]; hitLimit: boolean }
  | { ended: "done" | "paused" }
  | { failed: string };

/** Between two batches of pages: each is one commit on the other side. */
const tellEveryMs = 250;

const pausing = new AbortController();
let hitLimit = false;
let finds: CrawlFind[] = [];

const say = (message: FromCrawl) =>
  new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()));

const tell = async (): Promise<void> => {
  if (finds.length === 0) return;
  const batch = finds;
  finds = [];
  await say({ finds: batch, hitLimit });
};

const crawl = async (progress: CrawlProgress): Promise<FromCrawl> => {
  try {
    await walk({
      ...progress,
      pausing: pausing.signal,
      onFind: (find) => finds.push(find),
      onLimit: () => {
        hitLimit = true;
      },
    });
    return { ended: pausing.signal.aborted ? "paused" : "done" };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
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
