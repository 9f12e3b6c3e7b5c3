import type { CrawledPage } from "#core/crawl.ts";
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
  const { links, cut: _, crawledAt, ...rest } = page;
  const reason = whyNot(page);
  db.prepare(
    `INSERT OR REPLACE INTO pages VALUES (@analysis, @url, NULL, @httpCode, @contentType, @title, @description, @h1, @canonical,
     @canonicalEqual, @noindex, @redirectTo, 0, @outlinks, @compliant, @mainReason, @byteSize, @loadMs, @at)`,
  ).run({
    ...rest,
    analysis,
    at: new Date(crawledAt).toISOString(),
    h1: page.h1.length === 0 ? null : JSON.stringify(page.h1),
    canonicalEqual: page.canonical === null ? null : Number(page.canonical === page.url),
    noindex: Number(page.noindex),
    outlinks: links.length,
    compliant: Number(reason === null),
    mainReason: reason,
  });
  const insertLink = db.prepare("INSERT OR IGNORE INTO links VALUES (?, ?, ?)");
  for (const link of links) insertLink.run(analysis, page.url, link);
};

/** From here on it can be exported: with the depth of each page (clicks from the start) and its inlinks. */
export const finishAnalysis = (db: Db, analysis: number, at: Date): void => {
  db.prepare(
    `UPDATE pages SET inlinks = counted.n
     FROM (SELECT to_url, count(*) AS n FROM links WHERE analysis_id = @analysis GROUP BY to_url) AS counted
     WHERE analysis_id = @analysis AND url = counted.to_url`,
  ).run({ analysis });
  findDepths(db, analysis);
  db.prepare(
    `UPDATE analyses SET status = 'success', finished_at = ?,
     urls_done = (SELECT count(*) FROM pages WHERE analysis_id = analyses.id) WHERE id = ?`,
  ).run(at.toISOString(), analysis);
};

/** A crawl that did not end well: it stays visible, but is no success, and what was read is dropped. */
export const failAnalysis = (db: Db, analysis: number): void => {
  for (const table of ["pages", "links"])
    db.prepare(`DELETE FROM ${table} WHERE analysis_id = ?`).run(analysis);
  db.prepare("UPDATE analyses SET status = 'failed' WHERE id = ?").run(analysis);
};

/** Breadth first from the start, one click after the other; a redirect counts as one. */
const findDepths = (db: Db, analysis: number): void => {
  db.prepare(
    "UPDATE pages SET depth = 0 WHERE analysis_id = ? AND url = (SELECT url FROM analyses WHERE id = ?)",
  ).run(analysis, analysis);
  const oneFurther = db.prepare(
    `UPDATE pages SET depth = @depth WHERE analysis_id = @analysis AND depth IS NULL AND url IN (
       SELECT to_url FROM pages p JOIN links l ON l.analysis_id = p.analysis_id AND l.from_url = p.url
       WHERE p.analysis_id = @analysis AND p.depth = @depth - 1
       UNION SELECT redirect_to FROM pages WHERE analysis_id = @analysis AND depth = @depth - 1)`,
  );
  for (let depth = 1; oneFurther.run({ analysis, depth }).changes > 0; depth++);
};

const whyNot = ({ httpCode, contentType, noindex, canonical, url }: CrawledPage): string | null => {
  if (httpCode === null) return "unreachable";
  if (httpCode !== 200) return "http_code";
  if (contentType !== null && !contentType.includes("html")) return "content_type";
  if (noindex) return "noindex";
  return canonical !== null && canonical !== url ? "canonical" : null;
};
