import { createHash } from "node:crypto";
import type { CrawledPage, CrawlFind, LeftOut } from "#core/crawl.ts";
import type { JournalPiece } from "#core/crawl-journal.ts";
import type { Db } from "./database.ts";

const findsAtOnce = 100;

interface PageRow
  extends Omit<CrawledPage, "h1" | "hreflang" | "noindex" | "nofollow" | "crawledAt" | "links"> {
  h1: string | null;
  hreflang: string | null;
  noindex: number;
  nofollow: number;
  crawledAt: string;
  /** How many clicks it is from the start. */
  clicks: number;
}

/**
 * What a crawl has read, in the order of its reading and in pieces, from the tables in which it is kept. Which page led first to an address is not
 * kept: each comes with a page before its own, and those that were not read are spread over all.
 */
export function* piecesOf(db: Db, crawl: number, analysis: number): Generator<JournalPiece> {
  const pages = db
    .prepare(
      `SELECT p.url, http_code AS httpCode, content_type AS contentType, title, description, h1, canonical, noindex, nofollow,
       redirect_to AS redirectTo, byte_size AS byteSize, wire_bytes AS wireBytes, load_time AS loadMs, crawled_at AS crawledAt,
       coalesce(outlinks_total, outlinks) AS linksTotal, hreflang, p.cut, coalesce(u.depth, p.depth, 0) AS clicks
       FROM pages p LEFT JOIN (SELECT url, depth, n FROM crawl_urls WHERE crawl_id = @crawl) u ON u.url = p.url WHERE analysis_id = @analysis
       ORDER BY p.url <> (SELECT url FROM crawls WHERE id = @crawl), n IS NULL, n, p.url`,
    )
    .iterate({ crawl, analysis }) as IterableIterator<PageRow>;
  const unread = db
    .prepare(
      `SELECT url, depth FROM crawl_urls WHERE crawl_id = ? AND url NOT IN (SELECT url FROM pages WHERE analysis_id = ?)`,
    )
    .all(crawl, analysis) as { url: string; depth: number }[];
  const leftOut = db
    .prepare("SELECT url, why FROM crawl_left_out WHERE crawl_id = ?")
    .all(crawl) as LeftOut[];
  const linksOf = db.prepare(
    "SELECT to_url AS url, nofollow FROM links WHERE analysis_id = ? AND from_url = ?",
  );
  const pageOf = ({ clicks: _, ...row }: PageRow): CrawledPage => ({
    ...row,
    h1: listIn(row.h1),
    hreflang: listIn(row.hreflang),
    noindex: row.noindex === 1,
    nofollow: row.nofollow === 1,
    crawledAt: Date.parse(row.crawledAt),
    links: (linksOf.all(analysis, row.url) as { url: string; nofollow: number }[]).map(
      ({ url, nofollow }) => ({
        url,
        nofollow: nofollow === 1,
      }),
    ),
  });

  let last = 0;
  let finds: CrawlFind[] = [];
  for (let row = pages.next(); row.done !== true; ) {
    const next = pages.next();
    const isLast = next.done === true;
    const ahead = isLast ? [] : [{ url: next.value.url, depth: next.value.clicks }];
    finds.push({
      page: pageOf(row.value),
      discovered: [...ahead, ...unread.splice(0, isLast ? unread.length : findsAtOnce)],
      leftOut: leftOut.splice(0, isLast ? leftOut.length : findsAtOnce),
    });
    last += 1;
    if (finds.length === findsAtOnce || isLast) {
      yield { last, finds };
      finds = [];
    }
    row = next;
  }
}

const listIn = (json: string | null): string[] => (json === null ? [] : JSON.parse(json));

/** Adds up pages, in their order, to one number and one hash that are the same wherever the same pages are kept. */
export const pagesSum = () => {
  const hash = createHash("sha256");
  let pages = 0;
  return {
    add: (finds: readonly CrawlFind[]): void => {
      for (const { page } of finds) {
        pages += 1;
        hash.update(lineOf(page));
      }
    },
    sum: () => ({ pages, sha256: hash.digest("hex") }),
  };
};

/** As every database keeps it: the links in the order of their addresses, and no half of a character. */
const lineOf = ({ links, ...page }: CrawledPage): string => {
  const sorted = links.map(({ url, nofollow }) => `${url} ${nofollow}`).toSorted();
  const entries = Object.entries({ ...page, links: sorted }).toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  );
  return `${JSON.stringify(entries, (_, value) => (typeof value === "string" ? value.toWellFormed() : value))}\n`;
};
