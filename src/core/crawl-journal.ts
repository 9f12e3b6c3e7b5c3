import type { Crawl, CrawlFind, CrawlLimits, CrawlOrder } from "./crawl.ts";

/** A crawl as all processes know it that share a database. */
export interface JournalCrawl {
  id: number;
  /** See `CrawlWish.key`. */
  key: string | null;
  url: string;
  project: string;
  analysis: string;
  limits: CrawlLimits;
  state: Crawl["state"];
  /** How many pages are kept of it. */
  pages: number;
  /** What was last told of it; null: nothing yet. */
  told: Crawl | null;
  /** Milliseconds since 1970. */
  begunAt: number;
  endedAt: number | null;
  /** A process makes it go on, or did so seconds ago. */
  isHeld: boolean;
}

/** Pages that were kept together: after the last of them there are `last`. */
export interface JournalPiece {
  last: number;
  finds: CrawlFind[];
}

/** An export job of this machine's own Botify, which any process can do. */
export interface JournalJob {
  id: number;
  body: string;
  createdAt: number;
}

/**
 * What was crawled, for all processes that share a database: whoever makes a crawl go on holds it, and keeps what it finds here first. A process
 * that says nothing for ten seconds loses its hold, and from when another one has it, it keeps nothing more. Each write is one commit. All of
 * it throws AppError("store-busy").
 */
export interface CrawlJournal {
  /** The same key never begins a second crawl, unless the first came to nothing. */
  begin(order: CrawlOrder): Promise<JournalCrawl>;
  get(id: number): Promise<JournalCrawl | null>;
  all(): Promise<JournalCrawl[]>;
  /** Gives the number of the hold; null where another process has one. */
  take(id: number): Promise<number | null>;
  /** Prolongs the hold, and notes what is to be told; gives the state that the crawl is wanted in, or null where the hold is lost. */
  beat(id: number, hold: number, told: Crawl | null): Promise<Crawl["state"] | null>;
  /** Ends the hold. */
  release(id: number, hold: number): Promise<void>;
  /** Gives what `beat` gives; where the hold is lost, nothing was kept. */
  keep(id: number, hold: number, finds: readonly CrawlFind[]): Promise<Crawl["state"] | null>;
  /** What was kept behind the first `after` pages, in order; at most so many pieces. */
  pieces(id: number, after: number, most: number): Promise<JournalPiece[]>;
  setState(id: number, state: "running" | "paused"): Promise<void>;
  /** It ends as is told; of one that came to nothing the pages are removed. False: the hold is lost. */
  end(id: number, hold: number, told: Crawl): Promise<boolean>;
  /**
   * Takes in a crawl that was kept elsewhere, with all of its pieces or not at all; gives the number that it has from now on: its own unless another
   * crawl has that. Null: it was taken in before.
   */
  takeIn(crawl: JournalCrawl, pieces: Iterable<JournalPiece>): Promise<number | null>;
  /** The same of jobs: the next one gets a number behind theirs. Of a number that is there already the job stays as it is. */
  takeInJobs(jobs: readonly JournalJob[]): Promise<void>;
  addJob(body: string, at: number): Promise<number>;
  job(id: number): Promise<JournalJob | null>;
  /** The newest first; at most some hundred. */
  jobs(): Promise<JournalJob[]>;
  close(): Promise<void>;
}
