import { setTimeout as wait } from "node:timers/promises";
import type { CrawledPage, CrawlFind, CrawlProgress, Discovered } from "#core/crawl.ts";
import { type Ask, createAsk, userAgent } from "./ask.ts";
import { isOn, readPage, unreadablePage } from "./read-page.ts";
import { type RobotRules, readRobots } from "./robots.ts";

export interface Walk extends CrawlProgress {
  /** When it fires, no request is begun any more; those under way come to their end. */
  pausing: AbortSignal;
  onFind(find: CrawlFind): void;
  /** More addresses were linked than may be read. */
  onLimit(): void;
}

/** Longer delays are asked for by mistake only. */
const longestPauseMs = 60_000;
/** Requests at once where there is no pause between them. */
const concurrency = 8;

/**
 * Crawls one host politely, from where it was left: robots.txt and its crawl-delay are obeyed, redirects are recorded and not followed in
 * silence, other hosts are never asked. Resolves when all is read or it was paused. Throws an Error with a sentence when the start
 * may not or cannot be read, and when it leads to another host.
 */
export const walk = async ({ url, limits, known, pausing, onFind, onLimit }: Walk): Promise<void> => {
  const start = new URL(url);
  const ask = createAsk();
  const rules = await readRobots(start, userAgent, ask);
  if (!rules.allows(url)) throw new Error("its robots.txt does not allow it.");
  const turn = createTurns(rules, limits.pauseMs, pausing);
  const seen = new Set(known.map((one) => one.url));
  const queue: Discovered[] = known.filter(({ done }) => !done);

  const discover = (links: readonly string[], depth: number): Discovered[] => {
    const discovered: Discovered[] = [];
    if (depth > limits.mostDepth) return discovered;
    for (const link of links) {
      if (seen.has(link) || !isOn(link, start.host) || !rules.allows(link)) continue;
      if (seen.size >= limits.mostPages) {
        onLimit();
        break;
      }
      seen.add(link);
      discovered.push({ url: link, depth });
    }
    return discovered;
  };

  const visit = async ({ url: at, depth }: Discovered): Promise<void> => {
    const page = await pageAt(at, ask, turn.pauseMs, at === url).finally(turn.over);
    if (at === url && page.redirectTo !== null && !isOn(page.redirectTo, start.host))
      throw new Error(`it leads to ${page.redirectTo}, so crawl that address instead.`);
    const links = page.redirectTo === null ? page.links : [...page.links, page.redirectTo];
    const discovered = discover(links, depth + 1);
    queue.push(...discovered);
    onFind({ page, discovered });
  };

  const atOnce = turn.pauseMs > 0 ? 1 : concurrency;
  const underWay = new Set<Promise<void>>();
  for (let next = 0; ; ) {
    const one = queue[next];
    if (one !== undefined && underWay.size < atOnce && (await turn.come())) {
      next++;
      const visiting = visit(one).finally(() => underWay.delete(visiting));
      underWay.add(visiting);
    } else if (underWay.size > 0) await Promise.race(underWay);
    else return;
  }
};

/** A second try, because one cut connection says nothing about a page. What cannot be read at all is a page too, but not the start. */
const pageAt = async (url: string, ask: Ask, pauseMs: number, isStart: boolean): Promise<CrawledPage> => {
  for (let tries = 1; ; tries++) {
    const begunAt = performance.now();
    try {
      const page = await readPage(url, await ask(new URL(url)), Date.now());
      return { ...page, loadMs: Math.round(performance.now() - begunAt) };
    } catch (error) {
      if (tries === 1) await wait(pauseMs);
      else if (isStart) throw error;
      else return unreadablePage(url, Date.now());
    }
  }
};

interface Turns {
  pauseMs: number;
  /** Resolves when the next request may be begun; false: none any more. */
  come(): Promise<boolean>;
  over(): void;
}

const createTurns = (rules: RobotRules, wishedMs: number, pausing: AbortSignal): Turns => {
  const pauseMs = Math.min(longestPauseMs, Math.max(wishedMs, rules.crawlDelayMs));
  // The request for robots.txt was one as well.
  let nextAt = performance.now() + (rules.crawlDelayMs > 0 ? pauseMs : 0);
  return {
    pauseMs,
    come: async () => {
      const early = nextAt - performance.now();
      if (early > 0) await wait(early, undefined, { signal: pausing }).catch(() => undefined);
      return !pausing.aborted;
    },
    // From the answer on, because a request may have left later than it was begun.
    over: () => {
      nextAt = performance.now() + pauseMs;
    },
  };
};
