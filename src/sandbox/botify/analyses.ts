import { type CrawledPage, isPage } from "#core/crawl.ts";
import type { Db } from "./database.ts";

/** Everything that this machine crawled belongs to this organisation. */
export const sandboxOrg = "this-machine";

/** The next free slug of a day: 20240301, 20240301-2, … */
const nextSlug = (db: Db, project: string, at: Date): string => {
  const day = at.toISOString().slice(0, 10).replaceAll("-", "");
  const taken = db
    .prepare("SELECT slug FROM analyses WHERE org = ? AND project = ? AND slug LIKE ? || '%'")
    .all(sandboxOrg, project, day).length;
  return taken === 0 ? day : `${day}-${taken + 1}`;
};

/** Opens an analysis that is still being crawled. */
export const beginAnalysis = (
  db: Db,
  project: string,
  url: string,
  at: Date,
): { id: number; slug: string } => {
  const slug = nextSlug(db, project, at);
  const { lastInsertRowid } = db
    .prepare(
      `INSERT INTO analyses (org, project, slug, name, url, status, launched_at, finished_at, urls_done)
       VALUES (?, ?, ?, ?, ?, 'processing', ?, NULL, 0)`,
    )
    .run(sandboxOrg, project, slug, `Crawl of ${project}`, url, at.toISOString());
  return { id: Number(lastInsertRowid), slug };
};

/** Keeps a page; its depth and inlinks are known when the analysis is finished. */
export const putPage = (db: Db, analysis: number, page: CrawledPage): void => {
  const { links, crawledAt, ...rest } = page;
  const reason = whyNot(page);
  db.prepare(
    `INSERT OR REPLACE INTO pages (analysis_id, url, depth, http_code, content_type, title, description, h1, canonical, canonical_equal,
     noindex, redirect_to, inlinks, outlinks, compliant, main_reason, byte_size, load_time, crawled_at, wire_bytes, nofollow,
     outlinks_total, hreflang, cut)
     VALUES (@analysis, @url, NULL, @httpCode, @contentType, @title, @description, @h1, @canonical, @canonicalEqual,
     @noindex, @redirectTo, 0, @outlinks, @compliant, @mainReason, @byteSize, @loadMs, @at, @wireBytes, @nofollow,
     @linksTotal, @hreflang, @cut)`,
  ).run({
    ...rest,
    analysis,
    at: new Date(crawledAt).toISOString(),
    h1: listOf(page.h1),
    hreflang: listOf(page.hreflang),
    canonicalEqual: page.canonical === null ? null : Number(page.canonical === page.url),
    noindex: Number(page.noindex),
    nofollow: Number(page.nofollow),
    outlinks: links.length,
    compliant: Number(reason === null),
    mainReason: reason,
  });
  const insertLink = db.prepare("INSERT OR IGNORE INTO links VALUES (?, ?, ?, ?)");
  for (const { url, nofollow } of links) insertLink.run(analysis, page.url, url, Number(nofollow));
};

const listOf = (texts: readonly string[]): string | null =>
  texts.length === 0 ? null : JSON.stringify(texts);

/** From here on it can be exported, if its pages were measured. */
export const finishAnalysis = (db: Db, analysis: number, at: Date, inQueue: number): void => {
  db.prepare(
    `UPDATE analyses SET status = 'success', finished_at = @at, urls_in_queue = @inQueue,
     urls_done = (SELECT count(*) FROM pages WHERE analysis_id = analyses.id) WHERE id = @analysis`,
  ).run({ at: at.toISOString(), inQueue, analysis });
};

/** A crawl that did not end well: it stays visible, but is no success, and what was read is dropped. */
export const failAnalysis = (db: Db, analysis: number): void => {
  for (const table of ["pages", "links"])
    db.prepare(`DELETE FROM ${table} WHERE analysis_id = ?`).run(analysis);
  db.prepare("UPDATE analyses SET status = 'failed' WHERE id = ?").run(analysis);
};

const whyNot = (page: CrawledPage): string | null => {
  const { httpCode, contentType, noindex, canonical, redirectTo, url } = page;
  if (httpCode === null) return "unreachable";
  if (httpCode !== 200) return "http_code";
  if (!isPage(contentType)) return "content_type";
  if (redirectTo !== null) return "redirect";
  // Its address and type are there, but nothing is known of what it says.
  if (page.cut !== null && page.byteSize === null && page.wireBytes === null && page.linksTotal === 0)
    return "cut_off";
  if (noindex) return "noindex";
  return canonical !== null && canonical !== url ? "canonical" : null;
};
