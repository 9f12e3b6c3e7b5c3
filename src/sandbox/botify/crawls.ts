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
}

const usualDepth = 20;
const wasRestarted = "The server was restarted during the crawl. Start it again.";
const stopping = new Error("the server stops");

/** Crawls in the background. One that a restart cut off is told as failed: its pages were only in memory. */
export const createCrawls = (db: Db, now: () => Date): Crawls => {
  const active = new Map<number, { control: AbortController; ended: Promise<void> }>();
  db.exec("UPDATE analyses SET status = 'failed' WHERE status = 'processing'");
  db.prepare("UPDATE crawls SET state = 'failed', error = ? WHERE state = 'running'").run(wasRestarted);

  const get = (id: number): CrawlState | null => {
    const row = db.prepare("SELECT * FROM crawls WHERE id = ?").get(id) as CrawlRow | undefined;
    if (row === undefined) return null;
    const { pages_done: pagesDone, pages_known: pagesKnown, ...rest } = row;
    return { ...rest, org: sandboxOrg, pagesDone, pagesKnown };
  };
  const must = (id: number): CrawlState => {
    const found = get(id);
    if (found === null) throw new Error(`no crawl ${id}`);
    return found;
  };
  const end = (id: number, state: CrawlState["state"], error: string | null) =>
    db.prepare("UPDATE crawls SET state = ?, error = ? WHERE id = ?").run(state, error, id);

  const work = async (
    id: number,
    url: URL,
    project: string,
    options: Pick<CrawlWish, "mostPages" | "mostDepth" | "pauseMs">,
    signal: AbortSignal,
  ) => {
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
      if (signal.reason === stopping) end(id, "failed", wasRestarted);
      else if (signal.aborted) end(id, "cancelled", "It was cancelled.");
      else end(id, "failed", `${url.href} could not be crawled: ${wordsOf(error)}`);
    } finally {
      active.delete(id);
    }
  };

  return {
    get,
    begin: (url, { project = url.host.replace(":", "-"), key, ...options }) => {
      const there = db.prepare("SELECT id FROM crawls WHERE key = ?").get(key ?? null) as
        | { id: number }
        | undefined;
      if (there !== undefined) return must(there.id);
      const { lastInsertRowid } = db
        .prepare(
          "INSERT INTO crawls (key, url, state, pages_done, pages_known, project) VALUES (?, ?, 'running', 0, 1, ?)",
        )
        .run(key ?? null, url.href, project);
      const id = Number(lastInsertRowid);
      const control = new AbortController();
      // What a full disk refuses to note is noted at the next start, as a crawl that was cut off.
      const ended = work(id, url, project, options, control.signal).catch(() => undefined);
      active.set(id, { control, ended });
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
