/** What a crawl found at one address. */
export interface CrawledPage {
  url: string;
  httpCode: number | null;
  contentType: string | null;
  title: string | null;
  description: string | null;
  h1: string[];
  canonical: string | null;
  noindex: boolean;
  redirectTo: string | null;
  /** Null where it is not known: what is no page is not read. */
  byteSize: number | null;
  loadMs: number;
  /** Milliseconds since 1970. */
  crawledAt: number;
  /** Internal links, each once. */
  links: string[];
  /** Why it was not read to its end, as a sentence; null when it was. */
  cut: string | null;
}

/** An address that is known, and how many clicks it is from the start. */
export interface Discovered {
  url: string;
  depth: number;
}

/** A page together with the addresses that nobody knew before it. */
export interface CrawlFind {
  page: CrawledPage;
  discovered: Discovered[];
}

export interface CrawlLimits {
  mostPages: number;
  /** Clicks from the start beyond which links are not followed. */
  mostDepth: number;
  /** At least this long between two requests; the site's own crawl-delay counts when it is longer, up to a minute. */
  pauseMs: number;
}

export interface Crawl {
  id: number;
  url: string;
  state: "running" | "paused" | "done" | "failed" | "cancelled";
  pagesDone: number;
  pagesKnown: number;
  /** Why it failed, as a sentence. */
  error: string | null;
  org: string;
  project: string;
  analysis: string;
  /** How many pages were not read to their end, and why for the first few. */
  cutPages: number;
  cut: { url: string; why: string }[];
  /** More addresses were linked than it was allowed to read. */
  hitLimit: boolean;
}

/** A crawl as somebody wishes for it. */
export interface CrawlWish extends Partial<CrawlLimits> {
  url: string;
  /** The host's name unless told. */
  project?: string;
  /** The same key never begins a second crawl, unless the first came to nothing. */
  key?: string;
}

/** A wish with everything decided. */
export type CrawlOrder = CrawlLimits & Required<Pick<CrawlWish, "url" | "project">> & { key: string | null };

/** A crawl's way so far, from which it goes on: nothing is read twice. */
export interface CrawlProgress {
  url: string;
  limits: CrawlLimits;
  known: (Discovered & { done: boolean })[];
}

/**
 * Where crawls and their pages are kept. A page is kept as soon as it was read, so that a crawl goes on from there after a pause,
 * a restart or a kill. Each write is one commit.
 */
export interface CrawlRecords {
  begin(order: CrawlOrder): Crawl;
  get(id: number): Crawl | null;
  /** Those that were running when the process ended. */
  underWay(): number[];
  progress(id: number): CrawlProgress;
  keep(id: number, finds: readonly CrawlFind[], hitLimit: boolean): void;
  setState(id: number, state: "running" | "paused"): void;
  /** From here on it can be exported. */
  finish(id: number): void;
  /** What was read is dropped. */
  end(id: number, state: "failed" | "cancelled", error: string): void;
}

/** The crawler, as workflows use it. Throws AppError: "bad-input" for an address that is none, "not-found" for a crawl that nobody knows. */
export interface Crawls {
  begin(wish: CrawlWish): Promise<Crawl>;
  get(id: number): Promise<Crawl>;
  /** Resolves when no request is under way any more. One that has ended stays as it is. */
  pause(id: number): Promise<Crawl>;
  resume(id: number): Promise<Crawl>;
  cancel(id: number): Promise<Crawl>;
}
