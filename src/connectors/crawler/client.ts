import { z } from "zod";
import { AppError } from "#core/errors.ts";

const crawlAnswer = z.object({
  id: z.int(),
  url: z.string(),
  state: z.enum(["running", "done", "failed", "cancelled"]),
  pagesDone: z.int(),
  pagesKnown: z.int(),
  error: z.string().nullable(),
  org: z.string(),
  project: z.string(),
  analysis: z.string().nullable(),
  restarts: z.int(),
});

/** One crawl of this machine's own crawler. */
export type Crawl = z.infer<typeof crawlAnswer>;

export interface Crawler {
  /** Begins a crawl; the same `key` never begins a second one. */
  begin(wish: { url: string; maxPages: number; key: string }, signal: AbortSignal): Promise<Crawl>;
  get(id: number, signal: AbortSignal): Promise<Crawl>;
  cancel(id: number, signal: AbortSignal): Promise<Crawl>;
}

const timeLimitMs = 15_000;

/**
 * A client of the crawler that Milepost brings along beside its own Botify-compatible server.
 * Throws AppError: "unreachable", "remote-refused", "not-found", "remote-odd".
 */
export const createCrawler = ({ baseUrl, token }: { baseUrl: string; token: string }): Crawler => {
  const ask = async (method: string, path: string, signal: AbortSignal, body?: object): Promise<Crawl> => {
    const answer = await fetch(`${baseUrl}/sandbox/crawls${path}`, {
      method,
      headers: { authorization: `Token ${token}`, "content-type": "application/json" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs)]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new AppError("unreachable", "The crawler of this machine does not answer.", { cause });
    });
    if (answer.status === 404)
      throw new AppError("not-found", "The crawler does not know this crawl any more. Start a new one.");
    if (answer.status === 429) throw new AppError("remote-busy", "The crawler was asked too often.");
    if (!answer.ok)
      throw new AppError("remote-refused", "The crawler refused this.", { detail: await answer.text() });
    const read = crawlAnswer.safeParse(await answer.json().catch(() => null));
    if (!read.success)
      throw new AppError("remote-odd", "The crawler gave an answer that is not understood.", {
        cause: read.error,
      });
    return read.data;
  };
  return {
    begin: (wish, signal) => ask("POST", "", signal, wish),
    get: (id, signal) => ask("GET", `/${id}`, signal),
    cancel: (id, signal) => ask("DELETE", `/${id}`, signal),
  };
};
