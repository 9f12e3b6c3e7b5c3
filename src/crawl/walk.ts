import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import type { GuardedAnswer } from "#connectors/http/guarded-fetch.ts";
import { retryAfterMs } from "#connectors/http/retry-after.ts";
import type {
  CrawledPage,
  CrawlFind,
  CrawlProgress,
  Discovered,
  LeftOut,
  LeftOutReason,
} from "#core/crawl.ts";
import { type Ask, createAsk, userAgent } from "./ask.ts";
import { headPage, isOn, type ReadPage, readPage, unreadablePage } from "./read-page.ts";
import { type RobotRules, readRobots } from "./robots.ts";

export interface Walk extends CrawlProgress {
  /** When it fires, no request is begun any more; those under way come to their end. */
  pausing: AbortSignal;
  onFind(find: CrawlFind): void;
}

/** Why a start could not be crawled, and what could be instead. */
export class NoStart extends Error {
  override readonly name = "NoStart";
  readonly tryInstead: string | undefined;
  constructor(sentence: string, tryInstead?: string) {
    super(sentence);
    this.tryInstead = tryInstead;
  }
}

/** Longer delays are asked for by mistake only. */
const longestPauseMs = 60_000;
/** Of work without a pause. */
const longestTurnMs = 50;
/** Requests at once where there is no pause between them. */
const concurrency = 8;
/** Beyond so many addresses that were left out, new ones are no longer told. */
const mostLeftOut = 100_000;

/**
 * Crawls one host politely, from where it was left: robots.txt and its crawl-delay are obeyed, redirects are recorded and not followed in
 * silence, other hosts are never asked. Resolves when all is read or it was paused. Throws a NoStart or another Error with a sentence when
 * the start may not or cannot be read, and when it leads to another host.
 */
export const walk = async ({ url, limits, known, pausing, onFind }: Walk): Promise<void> => {
  const start = new URL(url);
  const ask = createAsk();
  const rules = await readRobots(start, userAgent, ask);
  if (!rules.allows(url)) throw new NoStart("its robots.txt does not allow it.");
  const turn = createTurns(rules, limits.pauseMs, pausing);
  const seen = new Set(known.map((one) => one.url));
  const told = new Set<string>();
  const queue: Discovered[] = known.filter(({ done }) => !done);

  const refusalOf = (link: string, depth: number): LeftOutReason | null => {
    if (!isOn(link, start.host)) return "other-host";
    if (!rules.allows(link)) return "robots";
    if (depth > limits.mostDepth) return "depth";
    return seen.size >= limits.mostPages ? "limit" : null;
  };
  const discover = async (
    links: readonly string[],
    depth: number,
  ): Promise<Pick<CrawlFind, "discovered" | "leftOut">> => {
    const discovered: Discovered[] = [];
    const leftOut: LeftOut[] = [];
    const breathe = createBreath();
    for (const link of links) {
      // A robots.txt of very many wildcards takes its time for each link.
      await breathe();
      if (seen.has(link)) continue;
      const why = refusalOf(link, depth);
      if (why === null) {
        seen.add(link);
        discovered.push({ url: link, depth });
      } else leftOut.push({ url: link, why });
    }
    return { discovered, leftOut };
  };
  const untold = (leftOut: readonly LeftOut[]): LeftOut[] =>
    leftOut.filter(({ url: at }) => !told.has(at) && told.size < mostLeftOut && told.add(at));

  const visit = async ({ url: at, depth }: Discovered): Promise<void> => {
    const { page, named, elsewhere } = await pageAt(at, ask, turn.pauseMs, at === url).finally(turn.over);
    if (at === url && page.redirectTo !== null && !isOn(page.redirectTo, start.host))
      throw new NoStart(`it leads to ${page.redirectTo}.`, page.redirectTo);
    const links = [
      ...page.links.map((link) => link.url),
      ...(page.redirectTo === null ? [] : [page.redirectTo]),
    ];
    const { discovered, leftOut } = await discover(links, depth + 1);
    queue.push(...discovered);
    const besides: LeftOut[] = [
      ...elsewhere.map((other) => ({ url: other, why: "other-host" as const })),
      ...named
        .filter((other) => !seen.has(other))
        .map((other) => ({ url: other, why: "only-named" as const })),
      ...(at === url ? rules.sitemaps.map((other) => ({ url: other, why: "sitemap" as const })) : []),
    ];
    onFind({ page, discovered, leftOut: untold([...leftOut, ...besides]) });
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

/** Lets others have their turn when one has worked for a while, so that nobody takes long work for none. */
const createBreath = (): (() => Promise<void>) => {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < longestTurnMs) return;
    await nextTurn();
    since = performance.now();
  };
};

/** A second try, because one cut connection says nothing about a page. What cannot be read at all is a page too, but not the start. */
const pageAt = async (url: string, ask: Ask, pauseMs: number, isStart: boolean): Promise<ReadPage> => {
  for (let tries = 1; ; tries++) {
    const begunAt = performance.now();
    const loadMs = () => Math.round(performance.now() - begunAt);
    let head: CrawledPage | null = null;
    try {
      const answer = await ask(new URL(url));
      head = headPage(url, answer, Date.now());
      const restMs = tries === 1 ? askedRestMs(answer) : null;
      const read = await readPage(url, answer, Date.now());
      if (restMs === null) return { ...read, page: { ...read.page, loadMs: loadMs() } };
      await wait(restMs);
    } catch (error) {
      if (tries === 1) await wait(pauseMs);
      else if (isStart) throw error;
      else {
        const why = error instanceof Error ? error.message : String(error);
        const page =
          head === null
            ? unreadablePage(url, Date.now(), why)
            : { ...head, byteSize: null, wireBytes: null, loadMs: loadMs(), cut: why };
        return { page, named: [], elsewhere: [] };
      }
    }
  }
};

/** How long a site that has too much to do wants to be left alone; null where it does not say, or no time that anybody waits. */
const askedRestMs = ({ status, headers }: GuardedAnswer): number | null => {
  const asked = status === 429 || status === 503 ? retryAfterMs(headers) : undefined;
  return asked === undefined || asked > longestPauseMs ? null : asked;
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
