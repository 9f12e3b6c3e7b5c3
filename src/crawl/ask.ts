import { type GuardedAnswer, openGuardedFetch, type Redirects } from "#connectors/http/guarded-fetch.ts";

/** Asks a site for one address. Redirects are answers unless told otherwise. */
export type Ask = (url: URL, redirects?: Redirects) => Promise<GuardedAnswer>;

export const userAgent = "MilepostCrawler/1.0 (a small crawler that obeys robots.txt)";

/** Without a byte for so long, a site counts as silent. */
const silenceMs = 15_000;
/** From a request to the last byte of its answer. */
const timeLimitMs = 30_000;

export const createAsk = (): Ask => {
  // People crawl machines at home as well; what must never be reached, no reach has.
  const http = openGuardedFetch({ reach: "anywhere", connectMs: silenceMs, silenceMs });
  const headers = { "user-agent": userAgent, accept: "text/html,*/*;q=0.5" };
  const { signal } = new AbortController();
  return (url, redirects = "none") => http.get({ url, headers, redirects, timeLimitMs, signal });
};
