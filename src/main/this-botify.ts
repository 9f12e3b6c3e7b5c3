import type { StartChild } from "#core/child.ts";
import type { CrawlJournal } from "#core/crawl-journal.ts";
import { type CrawlBook, createCrawls } from "#crawl/crawls.ts";
import { type BotifySandbox, startBotifySandbox } from "#sandbox/botify/server.ts";

/** The project under which the sample site is found. */
export const sampleProject = "sample-site";

/** A Botify of our own together with the crawler that fills it. */
export interface ThisBotify extends BotifySandbox {
  crawls: CrawlBook;
  /** Resolves when the sample site has been crawled: at the first start that takes a moment. */
  seeded: Promise<void>;
}

interface ThisBotifyOptions {
  dataDir: string;
  startChild: StartChild;
  /** Whether the sample site is crawled at the first start. */
  seed?: boolean;
  /** Where several processes share what they crawl. */
  journal?: CrawlJournal | null;
  now?: () => number;
}

/** Starts a Botify-compatible server on loopback, and lets crawls that were under way go on. */
export const startThisBotify = async ({
  startChild,
  seed = true,
  ...options
}: ThisBotifyOptions): Promise<ThisBotify> => {
  const sandbox = await startBotifySandbox(options);
  // Only now, because a crawl of the sample site that was cut off goes on at once.
  const shared = sandbox.sharedCrawls;
  const crawls = createCrawls({ startChild, ...(shared ?? { records: sandbox.crawlRecords }) });
  const seedNow = async () => {
    if (!seed || sandbox.hasAnalysis(sampleProject)) return;
    const { id } = await crawls.begin({
      url: sandbox.sampleSiteUrl,
      project: sampleProject,
      key: sampleProject,
    });
    await crawls.left(id);
    const { state, error } = await crawls.get(id);
    if (state === "failed") throw new Error(error ?? state);
  };
  return {
    ...sandbox,
    crawls,
    seeded: seedNow(),
    close: async () => {
      await crawls.close();
      await sandbox.close();
    },
  };
};
