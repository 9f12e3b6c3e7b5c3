import { join } from "node:path";
import type { DataFolder } from "#main/data-folder.ts";
import { type MovedCrawl, takeCrawlsBack, takeCrawlsIn } from "#sandbox/botify/move-crawls.ts";
import { openCrawlJournal } from "#store/postgres/crawl-journal.ts";

export type { MovedCrawl };

/** Where a data folder keeps its crawls while it has a database of its own. */
export const crawlsFolder = ({ sandbox }: Pick<DataFolder, "sandbox">): string => join(sandbox, "botify");

/** Where they are set aside when they went elsewhere. */
export const crawlsAside = ({ before }: Pick<DataFolder, "before">): string =>
  join(before, `crawls-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}`);

/** Brings the crawls of a data folder into PostgreSQL, where all nodes see them. Throws as `takeCrawlsIn` does. */
export const crawlsInto = async (at: DataFolder, database: string): Promise<MovedCrawl[]> => {
  const journal = await openCrawlJournal(database);
  try {
    return await takeCrawlsIn(crawlsFolder(at), journal, crawlsAside(at));
  } finally {
    await journal.close();
  }
};

/** Brings all crawls of a PostgreSQL into a data folder; those that it has already go the other way first. Throws as `takeCrawlsBack` does. */
export const crawlsOutOf = async (database: string, at: DataFolder): Promise<MovedCrawl[]> => {
  await crawlsInto(at, database);
  const journal = await openCrawlJournal(database);
  try {
    return await takeCrawlsBack(journal, crawlsFolder(at));
  } finally {
    await journal.close();
  }
};
