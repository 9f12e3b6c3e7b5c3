import { expect, test } from "vitest";
import type { CrawledPage, CrawlFind } from "#core/crawl.ts";
import { createCrawlRecords } from "#sandbox/botify/crawl-records.ts";
import { openDatabase } from "#sandbox/botify/database.ts";
import { folder } from "./world.ts";

const pageAt = (url: string): CrawledPage => ({
  ...{ url, httpCode: 200, contentType: null, title: null, description: null, h1: [], canonical: null },
  ...{
    noindex: false,
    nofollow: false,
    redirectTo: null,
    byteSize: 1,
    wireBytes: 1,
    loadMs: 1,
    crawledAt: 1,
  },
  ...{ links: [], linksTotal: 0, hreflang: [], cut: null },
});

test("to keep a page is no more work where a hundred times as many addresses are known", async () => {
  const db = openDatabase(await folder());
  const records = createCrawlRecords(db, Date.now);
  const cpuWith = (known: number): number => {
    const start = `http://a.example/${known}`;
    const limits = { mostPages: known, mostDepth: 9, pauseMs: 0 };
    const { id } = records.begin({ url: start, project: `p${known}`, key: null, ...limits });
    const addresses = Array.from({ length: known }, (_, n) => ({ url: `${start}/${n}`, depth: 1 }));
    const find = (url: string, discovered: CrawlFind["discovered"] = []): CrawlFind => ({
      ...{ page: pageAt(url), discovered, leftOut: [] },
    });
    records.keep(id, [find(start, addresses)]);
    const begun = process.cpuUsage();
    records.keep(
      id,
      addresses.slice(0, 100).map(({ url }) => find(url)),
    );
    const { user, system } = process.cpuUsage(begun);
    return user + system;
  };
  cpuWith(200);
  expect(cpuWith(60_000)).toBeLessThan(6 * cpuWith(600));
  db.close();
});
