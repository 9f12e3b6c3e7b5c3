import robots from "robots-parser";

export interface RobotRules {
  allows(url: string): boolean;
  /** Between two requests; 0 when the site does not say. */
  crawlDelayMs: number;
}

// The package is CommonJS, but its types tell of a default export.
const parseRobots = robots as unknown as typeof robots.default;

/** Longer files may be cut off there (RFC 9309, 2.5). */
const mostBytes = 500 * 1_024;

/**
 * A site's rules for crawlers. No file (4xx) allows everything; a server that fails or does not answer is to be left alone
 * (RFC 9309, 2.3.1.3 and 2.3.1.4): throws an Error with a sentence then.
 */
export const readRobots = async (start: URL, userAgent: string, signal: AbortSignal): Promise<RobotRules> => {
  const address = new URL("/robots.txt", start).href;
  const answer = await fetch(address, {
    headers: { "user-agent": userAgent },
    signal: AbortSignal.any([signal, AbortSignal.timeout(15_000)]),
  }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new Error("the host does not answer.", { cause });
  });
  if (!answer.ok) await answer.body?.cancel();
  if (answer.status >= 500) {
    throw new Error(`its robots.txt answers ${answer.status}, so nobody may crawl it now.`);
  }
  const rules = parseRobots(address, answer.ok ? await beginningOf(answer) : "");
  return {
    allows: (url) => rules.isAllowed(url, userAgent) !== false,
    crawlDelayMs: (rules.getCrawlDelay(userAgent) ?? 0) * 1_000,
  };
};

const beginningOf = async (answer: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= mostBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString("utf8");
};
