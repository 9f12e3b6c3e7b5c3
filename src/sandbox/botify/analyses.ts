import type { AnalysisRow, Db } from "./database.ts";
import type { CrawledPage } from "./read-page.ts";

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
export const beginAnalysis = (db: Db, project: string, url: string, at: Date): AnalysisRow => {
  const row = {
    org: sandboxOrg,
    project,
    slug: nextSlug(db, project, at),
    name: `Crawl of ${project}`,
    url,
    status: "processing",
    launched_at: at.toISOString(),
    finished_at: null,
    urls_done: 0,
  };
  const { lastInsertRowid } = db
    .prepare(
      `INSERT INTO analyses (org, project, slug, name, url, status, launched_at, finished_at, urls_done)
       VALUES (@org, @project, @slug, @name, @url, @status, @launched_at, @finished_at, @urls_done)`,
    )
    .run(row);
  return { ...row, id: Number(lastInsertRowid) };
};

/** Writes what was crawled, in one commit: with the depth of each page (clicks from the start) and its inlinks. */
export const finishAnalysis = (
  db: Db,
  analysis: AnalysisRow,
  pages: readonly CrawledPage[],
  at: Date,
): void => {
  const depths = depthsFrom(analysis.url, pages);
  const inlinks = new Map<string, number>();
  for (const page of pages) for (const link of page.links) inlinks.set(link, (inlinks.get(link) ?? 0) + 1);
  const insertPage = db.prepare(
    `INSERT OR REPLACE INTO pages VALUES (@analysis, @url, @depth, @httpCode, @contentType, @title, @description, @h1, @canonical, @canonicalEqual,
     @noindex, @redirectTo, @inlinks, @outlinks, @compliant, @mainReason, @byteSize, @loadMs, @at)`,
  );
  const insertLink = db.prepare("INSERT OR IGNORE INTO links VALUES (?, ?, ?)");
  db.transaction(() => {
    for (const page of pages) {
      const { links, crawledAt, ...rest } = page;
      const reason = whyNot(page);
      insertPage.run({
        ...rest,
        analysis: analysis.id,
        at: crawledAt.toISOString(),
        depth: depths.get(page.url) ?? null,
        h1: page.h1.length === 0 ? null : JSON.stringify(page.h1),
        canonicalEqual: page.canonical === null ? null : Number(page.canonical === page.url),
        noindex: Number(page.noindex),
        inlinks: inlinks.get(page.url) ?? 0,
        outlinks: links.length,
        compliant: Number(reason === null),
        mainReason: reason,
      });
      for (const link of links) insertLink.run(analysis.id, page.url, link);
    }
    db.prepare("UPDATE analyses SET status = 'success', finished_at = ?, urls_done = ? WHERE id = ?").run(
      at.toISOString(),
      pages.length,
      analysis.id,
    );
  })();
};

/** A crawl that did not end: it stays visible, but is no success. */
export const failAnalysis = (db: Db, id: number): void => {
  db.prepare("UPDATE analyses SET status = 'failed' WHERE id = ?").run(id);
};

const whyNot = ({ httpCode, contentType, noindex, canonical, url }: CrawledPage): string | null => {
  if (httpCode === null) return "unreachable";
  if (httpCode !== 200) return "http_code";
  if (contentType !== null && !contentType.includes("html")) return "content_type";
  if (noindex) return "noindex";
  return canonical !== null && canonical !== url ? "canonical" : null;
};

/** Breadth first from the start; a redirect counts as a click. */
const depthsFrom = (start: string, pages: readonly CrawledPage[]): Map<string, number> => {
  const byUrl = new Map(pages.map((page) => [page.url, page]));
  const depths = new Map<string, number>([[start, 0]]);
  for (const [url, depth] of depths) {
    const page = byUrl.get(url);
    for (const next of [...(page?.links ?? []), ...(page?.redirectTo ? [page.redirectTo] : [])]) {
      if (!depths.has(next)) depths.set(next, depth + 1);
    }
  }
  return depths;
};
