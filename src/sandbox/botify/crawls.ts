import { beginAnalysis, failAnalysis, finishAnalysis, sandboxOrg } from "./analyses.ts";
import { crawlSite } from "./crawler.ts";
import type { Db } from "./database.ts";
import type { CrawledPage } from "./read-page.ts";

export interface CrawlState {
  id: number;
  url: string;
  state: "running" | "done" | "failed" | "cancelled";
  pagesDone: number;
  pagesKnown: number;
  error: string | null;
  org: string;
  project: string;
  analysis: string | null;
  /** How often the server was restarted during the crawl; each time it began anew, because pages are kept in memory only. */
  restarts: number;
}

export interface CrawlWish {
  mostPages: number;
  mostDepth?: number;
  pauseMs: number;
  project?: string;
  key?: string;
}

export interface Crawls {
  /** Begins a crawl in the background, or gives the one that the same `key` began. `project` is the host's name unless told. */
  begin(url: URL, options: CrawlWish): CrawlState;
  get(id: number): CrawlState | null;
  cancel(id: number): CrawlState | null;
  /** Resolves when the crawl has ended, however. */
  ended(id: number): Promise<void>;
  close(): Promise<void>;
}

interface CrawlRow {
  id: number;
  url: string;
  state: CrawlState["state"];
  pages_done: number;
  pages_known: number;
  error: string | null;
  project: string;
  analysis: string | null;
  options: string;
  restarts: number;
}

type CrawlLimits = Pick<CrawlWish, "mostPages" | "mostDepth" | "pauseMs">;

const usualDepth = 20;
const stopping = new Error("the server stops");

/** Crawls in the background. One that a restart cut off begins anew: its pages were only in memory. */
export const createCrawls = (db: Db, now: () => Date): Crawls => {
  const active = new Map<number, { control: AbortController; ended: Promise<void> }>();
  db.exec("UPDATE analyses SET status = 'failed' WHERE status = 'processing'");
  const get = (id: number): CrawlState | null => {
    const row = db.prepare("SELECT * FROM crawls WHERE id = ?").get(id) as CrawlRow | undefined;
    if (row === undefined) return null;
    const { pages_done: pagesDone, pages_known: pagesKnown, options: _, ...rest } = row;
    return { ...rest, org: sandboxOrg, pagesDone, pagesKnown };
  };
  const must = (id: number): CrawlState => {
    const found = get(id);
    if (found === null) throw new Error(`no crawl ${id}`);
    return found;
  };
  const end = (id: number, state: CrawlState["state"], error: string | null) =>
    db.prepare("UPDATE crawls SET state = ?, error = ? WHERE id = ?").run(state, error, id);

  const work = async (id: number, url: URL, project: string, options: CrawlLimits, signal: AbortSignal) => {
    const analysis = beginAnalysis(db, project, url.href, now());
    db.prepare("UPDATE crawls SET analysis = ? WHERE id = ?").run(analysis.slug, id);
    const tell = db.prepare("UPDATE crawls SET pages_done = ?, pages_known = ? WHERE id = ?");
    const pages: CrawledPage[] = [];
    let toldAt = 0;
    try {
      await crawlSite({
        start: url,
        mostPages: options.mostPages,
        pauseMs: options.pauseMs,
        mostDepth: options.mostDepth ?? usualDepth,
        concurrency: 8,
        signal,
        now,
        onPage: (page) => pages.push(page),
        onProgress: (done, known) => {
          if (performance.now() - toldAt < 250) return;
          toldAt = performance.now();
          tell.run(done, known, id);
        },
      });
      finishAnalysis(db, analysis, pages, now());
      tell.run(pages.length, pages.length, id);
      end(id, "done", null);
    } catch (error) {
      failAnalysis(db, analysis.id);
      // It stays as running, so that the next start begins it anew.
      if (signal.reason === stopping) return;
      if (signal.aborted) end(id, "cancelled", "It was cancelled.");
      else end(id, "failed", `${url.href} could not be crawled: ${wordsOf(error)}`);
    } finally {
      active.delete(id);
    }
  };

  const launch = (id: number, url: URL, project: string, limits: CrawlLimits) => {
    const control = new AbortController();
    // What a full disk refuses to note is noted at the next start, as a crawl that was cut off.
    const ended = work(id, url, project, limits, control.signal).catch(() => undefined);
    active.set(id, { control, ended });
  };
  for (const row of db.prepare("SELECT * FROM crawls WHERE state = 'running'").all() as CrawlRow[]) {
    db.prepare("UPDATE crawls SET restarts = restarts + 1, pages_done = 0, pages_known = 1 WHERE id = ?").run(
      row.id,
    );
    launch(row.id, new URL(row.url), row.project, JSON.parse(row.options));
  }

  return {
    get,
    begin: (url, { project = url.host.replace(":", "-"), key, ...options }) => {
      // A key is free again after a crawl that came to nothing: whoever asks once more wants another one.
      db.prepare("UPDATE crawls SET key = NULL WHERE key = ? AND state IN ('failed', 'cancelled')").run(
        key ?? null,
      );
      const there = db.prepare("SELECT id FROM crawls WHERE key = ?").get(key ?? null) as
        | { id: number }
        | undefined;
      if (there !== undefined) return must(there.id);
      const { lastInsertRowid } = db
        .prepare(
          "INSERT INTO crawls (key, url, state, pages_done, pages_known, project, options) VALUES (?, ?, 'running', 0, 1, ?, ?)",
        )
        .run(key ?? null, url.href, project, JSON.stringify(options));
      const id = Number(lastInsertRowid);
      launch(id, url, project, options);
      return must(id);
    },
    cancel: (id) => {
      active.get(id)?.control.abort(new Error("cancelled"));
      return get(id);
    },
    ended: async (id) => active.get(id)?.ended,
    close: async () => {
      const all = [...active.values()];
      for (const { control } of all) control.abort(stopping);
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
};

const wordsOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
