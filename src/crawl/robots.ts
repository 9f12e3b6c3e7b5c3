import robots from "robots-parser";
import type { Ask } from "./ask.ts";

export interface RobotRules {
  allows(url: string): boolean;
  /** Between two requests; 0 when the site does not say. */
  crawlDelayMs: number;
  /** Sitemaps that it names. */
  sitemaps: string[];
}

// The package is CommonJS, but its types tell of a default export.
const parseRobots = robots as unknown as typeof robots.default;

/** Longer files may be cut off there (RFC 9309, 2.5). */
const mostBytes = 500 * 1_024;
const mostSitemaps = 100;

/**
 * A site's rules for crawlers. No file (4xx) allows everything; a server that fails or does not answer is to be left alone
 * (RFC 9309, 2.3.1.3 and 2.3.1.4): throws an Error with a sentence then. Redirects are followed on the same host only, because the rules of
 * another host are not this one's, and nobody wished for that one to be asked.
 */
export const readRobots = async (start: URL, userAgent: string, ask: Ask): Promise<RobotRules> => {
  const address = new URL("/robots.txt", start);
  const answer = await ask(address, "same-host");
  if (answer.status >= 500) {
    answer.discard();
    throw new Error(`its robots.txt answers ${answer.status}, so nobody may crawl it now.`);
  }
  const { bytes } = await answer.read(mostBytes);
  const rules = parseRobots(address.href, answer.status < 300 ? bytes.toString("utf8") : "");
  return {
    allows: (url) => rules.isAllowed(url, userAgent) !== false,
    crawlDelayMs: (rules.getCrawlDelay(userAgent) ?? 0) * 1_000,
    sitemaps: rules.getSitemaps().slice(0, mostSitemaps),
  };
};
