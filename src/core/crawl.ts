/** The id of the connection that leads to what was crawled from here. */
export const crawlsAt = "this-machine";

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
  nofollow: boolean;
  /** Where its Location or its meta refresh leads. */
  redirectTo: string | null;
  /** Of the whole content, unpacked. Null where that is not known: what is no page is not read, and some is cut. */
  byteSize: number | null;
  /** What came over the network, perhaps packed. Null where it is not known. */
  wireBytes: number | null;
  /** To its last byte; null without an answer. */
  loadMs: number | null;
  /** Milliseconds since 1970. */
  crawledAt: number;
  /** Internal links, each once, with whether every one of them is marked as not to be followed. */
  links: { url: string; nofollow: boolean }[];
  /** How many internal links there are, those to the same address too. */
  linksTotal: number;
  /** Versions in other languages: "de https://…". */
  hreflang: string[];
  /** Why it was not read, or not to its end, as a sentence; null when it was. */
  cut: string | null;
}

/** What browsers show as a page (HTML standard, 15.3): everything that reads it and everything that judges it asks here. */
export const isPage = (contentType: string | null): boolean =>
  contentType === null || /^(text\/html|application\/(vnd\.wap\.)?xhtml\+xml)$/.test(contentType);

/** Why an address that is known was not read. */
export const leftOutReasons = ["limit", "depth", "robots", "other-host", "only-named", "sitemap"] as const;
export type LeftOutReason = (typeof leftOutReasons)[number];

export interface LeftOut {
  url: string;
  why: LeftOutReason;
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
  leftOut: LeftOut[];
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
  /** Where it failed: an address that would do, or its own where that has to be corrected; null where it may be read later. */
  tryInstead: string | null;
  /** How many pages were not read to their end, and why for the first few. */
  cutPages: number;
  cut: { url: string; why: string }[];
  /** How many addresses gave no answer, and why for the first few. */
  unreadPages: number;
  unread: { url: string; why: string }[];
  /** Addresses that are known and were not read, with the first few of each kind. */
  leftOut: { why: LeftOutReason; count: number; first: string[] }[];
  /** It was ended before its end, and what it had read was kept. */
  stopped: boolean;
}

/** One line of a crawl's log. */
export interface CrawlLine {
  url: string;
  httpCode: number | null;
  loadMs: number | null;
  cut: string | null;
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
  keep(id: number, finds: readonly CrawlFind[]): void;
  /** What was read after the first `after` pages, in the order in which it was read; at most some hundred. */
  lines(id: number, after: number): CrawlLine[];
  setState(id: number, state: "running" | "paused"): void;
  /** From when this resolves it can be exported. A large one takes a while; one that was cut off there is finished anew. */
  finish(id: number): Promise<void>;
  /** It ends here: what was read can be exported, and the rest is told as left out. */
  stop(id: number): Promise<void>;
  /** What was read is dropped. `tryInstead`: see `Crawl`. */
  end(id: number, state: "failed" | "cancelled", error: string, tryInstead?: string): void;
}

/** The same, but perhaps answered later. */
export type SoonRecords = Pick<CrawlRecords, "underWay"> & {
  [K in Exclude<keyof CrawlRecords, "underWay">]: (
    ...args: Parameters<CrawlRecords[K]>
  ) => ReturnType<CrawlRecords[K]> | Promise<Awaited<ReturnType<CrawlRecords[K]>>>;
};

/** Which of several processes makes a crawl go on. */
export interface CrawlHolds {
  /** Whether this process may from now on; it hears when the crawl is to pause, and when another one has it. */
  take(id: number, hear: (what: "pause" | "lost") => void): Promise<boolean>;
  release(id: number): Promise<void>;
  /** Resolves when no process makes it go on. Throws AppError("store-busy") when one still does after a while. */
  rest(id: number): Promise<void>;
}

/** The crawler, as workflows use it. Throws AppError: "bad-input" for an address that is none, "not-found" for a crawl that nobody knows. */
export interface Crawls {
  begin(wish: CrawlWish): Promise<Crawl>;
  get(id: number): Promise<Crawl>;
  /** See `CrawlRecords.lines`. */
  lines(id: number, after: number): Promise<CrawlLine[]>;
  /** Resolves when no request is under way any more. One that has ended stays as it is. */
  pause(id: number): Promise<Crawl>;
  resume(id: number): Promise<Crawl>;
  /** What was read until then is kept, and can be exported as a crawl that was stopped. */
  cancel(id: number): Promise<Crawl>;
}
