import {
  type Crawl,
  type CrawlFind,
  type CrawlLimits,
  type CrawlLine,
  type CrawlOrder,
  type CrawlRecords,
  type LeftOutReason,
  leftOutReasons,
} from "#core/crawl.ts";
import { beginAnalysis, failAnalysis, finishAnalysis, putPage, sandboxOrg } from "./analyses.ts";
import { addColumns, type Db } from "./database.ts";
import { measurePages } from "./measure-pages.ts";

interface CrawlRow {
  id: number;
  url: string;
  state: Crawl["state"];
  error: string | null;
  project: string;
  analysis: string | null;
  options: string;
  try_instead: string | null;
  stopped: number;
}

const tables = `
  CREATE TABLE IF NOT EXISTS crawl_urls (
    crawl_id INTEGER NOT NULL REFERENCES crawls (id), url TEXT NOT NULL, depth INTEGER NOT NULL, done INTEGER NOT NULL, cut TEXT,
    PRIMARY KEY (crawl_id, url)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS crawl_left_out (
    crawl_id INTEGER NOT NULL REFERENCES crawls (id), url TEXT NOT NULL, why TEXT NOT NULL, PRIMARY KEY (crawl_id, url)) WITHOUT ROWID;
`;

/** What tables of earlier versions lack. */
const laterColumns = {
  crawls: { try_instead: "TEXT", stopped: "INTEGER NOT NULL DEFAULT 0" },
  // In the order of reading, from 1.
  crawl_urls: { n: "INTEGER", load_ms: "INTEGER", http_code: "INTEGER" },
};

/** Of what was not read, or not to its end, so many are told by name. */
const mostTold = 20;
const mostLines = 500;

/** Keeps crawls beside the analyses that come of them. */
export const createCrawlRecords = (db: Db, now: () => number): CrawlRecords => {
  db.exec(tables);
  for (const [table, columns] of Object.entries(laterColumns)) addColumns(db, table, columns);
  db.exec(
    "CREATE UNIQUE INDEX IF NOT EXISTS crawl_urls_in_order ON crawl_urls (crawl_id, n) WHERE n IS NOT NULL",
  );
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
    const { id, url, state, error, project, try_instead: tryInstead, stopped } = found;
    const counts = db
      .prepare(
        `SELECT coalesce(sum(done), 0) AS pagesDone, count(*) AS pagesKnown, count(cut) FILTER (WHERE http_code IS NOT NULL) AS cutPages,
         count(cut) FILTER (WHERE http_code IS NULL) AS unreadPages FROM crawl_urls WHERE crawl_id = ?`,
      )
      .get(id) as Pick<Crawl, "pagesDone" | "pagesKnown" | "cutPages" | "unreadPages">;
    const why = (code: "IS NULL" | "IS NOT NULL") =>
      db
        .prepare(
          `SELECT url, cut AS why FROM crawl_urls WHERE crawl_id = ? AND cut IS NOT NULL AND http_code ${code} LIMIT ?`,
        )
        .all(id, mostTold) as Crawl["cut"];
    return {
      ...{ id, url, state, error, org: sandboxOrg, project, analysis: found.analysis ?? "" },
      ...{ ...counts, tryInstead, stopped: stopped === 1 },
      ...{ cut: why("IS NOT NULL"), unread: why("IS NULL"), leftOut: isOver(state) ? leftOut(id) : [] },
    };
  };
  /** What was left out for one reason may have been read for another. */
  const leftOut = (id: number): Crawl["leftOut"] => {
    const kinds = db
      .prepare(
        `SELECT why, count(*) AS count FROM crawl_left_out o WHERE crawl_id = ?
         AND NOT EXISTS (SELECT 1 FROM crawl_urls u WHERE u.crawl_id = o.crawl_id AND u.url = o.url) GROUP BY why`,
      )
      .all(id) as { why: LeftOutReason; count: number }[];
    const first = db
      .prepare(
        `SELECT url FROM crawl_left_out o WHERE crawl_id = ? AND why = ?
         AND NOT EXISTS (SELECT 1 FROM crawl_urls u WHERE u.crawl_id = o.crawl_id AND u.url = o.url) LIMIT ?`,
      )
      .pluck();
    return leftOutReasons.flatMap((why) =>
      kinds
        .filter((kind) => kind.why === why)
        .map(({ count }) => ({ why, count, first: first.all(id, why, mostTold) as string[] })),
    );
  };
  const discover = db.prepare(
    "INSERT OR IGNORE INTO crawl_urls (crawl_id, url, depth, done) VALUES (?, ?, ?, 0)",
  );
  const leave = db.prepare("INSERT OR IGNORE INTO crawl_left_out VALUES (?, ?, ?)");
  // Of all that have a number, or it would look at each address that is known.
  const read = db.prepare(
    `UPDATE crawl_urls SET done = 1, cut = @cut, http_code = @httpCode, load_ms = @loadMs,
     n = (SELECT coalesce(max(n), 0) + 1 FROM crawl_urls WHERE crawl_id = @id AND n IS NOT NULL) WHERE crawl_id = @id AND url = @url`,
  );
  const finish = db.transaction((id: number, stopped: 0 | 1) => {
    const found = told({ ...must(id), state: "done" });
    finishAnalysis(db, analysisOf(must(id)), at(), addressesLeft(found));
    db.prepare("UPDATE crawls SET state = 'done', stopped = ? WHERE id = ?").run(stopped, id);
  });

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
    keep: db.transaction((id: number, finds: readonly CrawlFind[]) => {
      const analysis = analysisOf(must(id));
      for (const { page, discovered, leftOut } of finds) {
        putPage(db, analysis, page);
        read.run({ id, url: page.url, cut: page.cut, httpCode: page.httpCode, loadMs: page.loadMs });
        for (const { url, depth } of discovered) discover.run(id, url, depth);
        for (const { url, why } of leftOut) leave.run(id, url, why);
      }
    }),
    lines: (id, after) =>
      db
        .prepare(
          `SELECT url, http_code AS httpCode, load_ms AS loadMs, cut FROM crawl_urls WHERE crawl_id = ? AND n > ? ORDER BY n LIMIT ?`,
        )
        .all(id, after, mostLines) as CrawlLine[],
    setState: (id, state) => {
      db.prepare("UPDATE crawls SET state = ? WHERE id = ?").run(state, id);
    },
    finish: async (id) => {
      await measurePages(db, analysisOf(must(id)));
      finish(id, 0);
    },
    stop: async (id) => {
      await measurePages(db, analysisOf(must(id)));
      finish(id, 1);
    },
    end: db.transaction(
      (id: number, state: "failed" | "cancelled", error: string, tryInstead: string | null = null) => {
        failAnalysis(db, analysisOf(must(id)));
        db.prepare("DELETE FROM crawl_urls WHERE crawl_id = ? AND done = 0").run(id);
        db.prepare("DELETE FROM crawl_left_out WHERE crawl_id = ?").run(id);
        db.prepare("UPDATE crawls SET state = ?, error = ?, try_instead = ? WHERE id = ?").run(
          ...[state, error, tryInstead, id],
        );
      },
    ),
  };
};

/** How many addresses are known and were not read, because the crawl was to end before. */
export const addressesLeft = ({ pagesKnown, pagesDone, leftOut }: Crawl): number =>
  pagesKnown - pagesDone + (leftOut.find(({ why }) => why === "limit")?.count ?? 0);

const isOver = (state: Crawl["state"]): boolean => state !== "running" && state !== "paused";

/** What crawls of an earlier version left unsaid. */
export const usualLimits: CrawlLimits = { mostPages: 2_000, mostDepth: 20, pauseMs: 500 };
