import type { Crawl, CrawlFind, CrawlLimits, CrawlOrder, CrawlRecords } from "#core/crawl.ts";
import { beginAnalysis, failAnalysis, finishAnalysis, putPage, sandboxOrg } from "./analyses.ts";
import type { Db } from "./database.ts";

interface CrawlRow {
  id: number;
  url: string;
  state: Crawl["state"];
  error: string | null;
  project: string;
  analysis: string | null;
  options: string;
  hit_limit: number;
}

const tables = `
  CREATE TABLE IF NOT EXISTS crawl_urls (
    crawl_id INTEGER NOT NULL REFERENCES crawls (id), url TEXT NOT NULL, depth INTEGER NOT NULL, done INTEGER NOT NULL, cut TEXT,
    PRIMARY KEY (crawl_id, url)) WITHOUT ROWID;
`;

/** Of the pages that were not read to their end, so many are told by name. */
const mostCutTold = 20;

/** Keeps crawls beside the analyses that come of them. */
export const createCrawlRecords = (db: Db, now: () => number): CrawlRecords => {
  db.exec(tables);
  addHitLimit(db);
  const at = () => new Date(now());

  const row = (id: number) => db.prepare("SELECT * FROM crawls WHERE id = ?").get(id) as CrawlRow | undefined;
  const must = (id: number): CrawlRow => {
    const found = row(id);
    if (found === undefined) throw new Error(`no crawl ${id}`);
    return found;
  };
  const analysisOf = ({ project, analysis }: CrawlRow): number => {
    const found = db
      .prepare("SELECT id FROM analyses WHERE org = ? AND project = ? AND slug = ?")
      .get(sandboxOrg, project, analysis) as { id: number } | undefined;
    if (found === undefined) throw new Error(`no analysis ${analysis} of ${project}`);
    return found.id;
  };
  const told = (found: CrawlRow): Crawl => {
    const { id, url, state, error, project, hit_limit: hitLimit } = found;
    const { done, known, cutPages } = db
      .prepare(
        `SELECT coalesce(sum(done), 0) AS done, count(*) AS known, count(cut) AS cutPages FROM crawl_urls WHERE crawl_id = ?`,
      )
      .get(id) as { done: number; known: number; cutPages: number };
    const cut = db
      .prepare("SELECT url, cut AS why FROM crawl_urls WHERE crawl_id = ? AND cut IS NOT NULL LIMIT ?")
      .all(id, mostCutTold) as Crawl["cut"];
    return {
      ...{ id, url, state, error, org: sandboxOrg, project, analysis: found.analysis ?? "" },
      ...{ pagesDone: done, pagesKnown: known, cutPages, cut, hitLimit: hitLimit === 1 },
    };
  };
  const discover = db.prepare("INSERT OR IGNORE INTO crawl_urls VALUES (?, ?, ?, 0, NULL)");
  const read = db.prepare("UPDATE crawl_urls SET done = 1, cut = ? WHERE crawl_id = ? AND url = ?");

  return {
    get: (id) => {
      const found = row(id);
      return found === undefined ? null : told(found);
    },
    begin: db.transaction(({ url, project, key, ...limits }: CrawlOrder) => {
      // A key is free again after a crawl that came to nothing: whoever asks once more wants another one.
      db.prepare("UPDATE crawls SET key = NULL WHERE key = ? AND state IN ('failed', 'cancelled')").run(key);
      const there = db.prepare("SELECT * FROM crawls WHERE key = ?").get(key) as CrawlRow | undefined;
      if (there !== undefined) return told(there);
      const { slug } = beginAnalysis(db, project, url, at());
      const { lastInsertRowid } = db
        .prepare(
          "INSERT INTO crawls (key, url, state, pages_done, pages_known, project, analysis, options) VALUES (?, ?, 'running', 0, 1, ?, ?, ?)",
        )
        .run(key, url, project, slug, JSON.stringify(limits));
      const id = Number(lastInsertRowid);
      discover.run(id, url, 0);
      return told(must(id));
    }),
    underWay: () =>
      (db.prepare("SELECT id FROM crawls WHERE state = 'running'").all() as { id: number }[]).map(
        ({ id }) => id,
      ),
    progress: (id) => {
      const { url, options } = must(id);
      // A crawl of an earlier version kept nothing of its way, so it begins at its start.
      discover.run(id, url, 0);
      const known = db
        .prepare("SELECT url, depth, done FROM crawl_urls WHERE crawl_id = ? ORDER BY depth")
        .all(id) as { url: string; depth: number; done: number }[];
      const limits: CrawlLimits = { ...usualLimits, ...JSON.parse(options) };
      return { url, limits, known: known.map((one) => ({ ...one, done: one.done === 1 })) };
    },
    keep: db.transaction((id: number, finds: readonly CrawlFind[], hitLimit: boolean) => {
      const analysis = analysisOf(must(id));
      for (const { page, discovered } of finds) {
        putPage(db, analysis, page);
        read.run(page.cut, id, page.url);
        for (const { url, depth } of discovered) discover.run(id, url, depth);
      }
      if (hitLimit) db.prepare("UPDATE crawls SET hit_limit = 1 WHERE id = ?").run(id);
    }),
    setState: (id, state) => {
      db.prepare("UPDATE crawls SET state = ? WHERE id = ?").run(state, id);
    },
    finish: db.transaction((id: number) => {
      finishAnalysis(db, analysisOf(must(id)), at());
      db.prepare("UPDATE crawls SET state = 'done' WHERE id = ?").run(id);
    }),
    end: db.transaction((id: number, state: "failed" | "cancelled", error: string) => {
      failAnalysis(db, analysisOf(must(id)));
      db.prepare("DELETE FROM crawl_urls WHERE crawl_id = ? AND done = 0").run(id);
      db.prepare("UPDATE crawls SET state = ?, error = ? WHERE id = ?").run(state, error, id);
    }),
  };
};

/** What crawls of an earlier version left unsaid. */
const usualLimits: CrawlLimits = { mostPages: 2_000, mostDepth: 20, pauseMs: 500 };

/** Tables of an earlier version have no such column. */
const addHitLimit = (db: Db): void => {
  const columns = db.pragma("table_info(crawls)") as { name: string }[];
  if (columns.some(({ name }) => name === "hit_limit")) return;
  db.exec("ALTER TABLE crawls ADD COLUMN hit_limit INTEGER NOT NULL DEFAULT 0");
};
