import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { Agent, type Dispatcher } from "undici";
import { AppError } from "#core/errors.ts";
import { type Beginning, discard, readBody } from "./body.ts";
import { NetworkError, networkError } from "./network-error.ts";
import { checkTarget, createLookup, type Reach, type Resolve } from "./reach.ts";
import { usualHeaders } from "./usual-headers.ts";
import { stopped } from "./waiting.ts";

export interface GuardedFetchOptions {
  /** Where it may go at all; checked for each hop, by the address that is connected to. */
  reach: Reach;
  /** An origin that a person typed in as theirs: it may lie anywhere, whatever `reach` says. */
  trustedOrigin?: string;
  /** A connection that takes longer counts as silent. */
  connectMs?: number;
  /** Without a byte for this long, a connection counts as silent. */
  silenceMs?: number;
  resolve?: Resolve;
}

/** Where redirects may lead: nowhere (the redirect itself is the answer), to the same host and port, or anywhere within reach. */
export type Redirects = "none" | "same-host" | "within-reach";

export interface GuardedRequest {
  url: URL;
  /** `authorization`, `cookie` and `proxy-authorization` stay with the first origin: a redirect that leaves it takes them off for good. */
  headers?: Readonly<Record<string, string>>;
  /** "none" unless told otherwise. */
  redirects?: Redirects;
  /** For the whole of it, body and redirects included. */
  timeLimitMs?: number;
  signal: AbortSignal;
}

/** A form, say. No redirect of it is followed. */
export interface GuardedPost extends Omit<GuardedRequest, "redirects"> {
  body: string;
  /** "POST" unless told otherwise. */
  method?: "POST" | "PUT" | "PATCH" | "DELETE";
}

export interface GuardedAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Of this answer, after redirects. */
  url: URL;
  /** As it was sent, perhaps compressed. Must be read, or ended with `discard`. */
  body: Readable;
  /** The body's beginning, decoded. Throws like `get`. */
  read(mostBytes: number): Promise<Beginning>;
  /** Lets the body go unread and closes its connection. */
  discard(): void;
}

export interface GuardedFetch {
  /**
   * Asks one address. Every status is an answer. Throws NetworkError when none came, AppError "timed-out", "cancelled",
   * "remote-refused" for an address out of reach or a way down from https to http, and "remote-odd" for redirects in a circle.
   */
  get(request: GuardedRequest): Promise<GuardedAnswer>;
  /** The same for what is sent. */
  post(request: GuardedPost): Promise<GuardedAnswer>;
  /** Ends all connections at once, also those whose answer goes on. */
  close(): Promise<void>;
}

const mostRedirects = 5;
const staysWithOrigin: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

/** The one way to addresses that others gave us: pages, sitemaps, robots.txt, files, sites after a deployment (SSRF). */
export const openGuardedFetch = ({
  reach,
  trustedOrigin,
  connectMs = 20_000,
  silenceMs = 60_000,
  resolve,
}: GuardedFetchOptions): GuardedFetch => {
  const agentOf = (within: Reach) =>
    // HTTP/1.1, because a range over it is what was measured.
    new Agent({
      allowH2: false,
      connect: { lookup: createLookup(within, { resolve, steady: true }), timeout: connectMs },
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
    });
  // What keeps connections is loaded only when somebody asks for something.
  const agents = new Map<Reach, Agent>();
  const agentFor = (within: Reach): Agent => {
    const agent = agents.get(within) ?? agentOf(within);
    agents.set(within, agent);
    return agent;
  };

  const hop = (
    at: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
    content: Pick<GuardedPost, "body" | "method"> | undefined,
  ) => {
    const trusted = at.origin === trustedOrigin;
    const within = trusted ? "anywhere" : reach;
    checkTarget(at, within);
    return agentFor(within).request({
      origin: at.origin,
      path: at.pathname + at.search,
      method: content === undefined ? "GET" : (content.method ?? "POST"),
      headers,
      signal,
      ...(content === undefined ? {} : { body: content.body }),
    });
  };

  const ask = async (
    { url, headers = {}, redirects = "none", timeLimitMs, signal }: GuardedRequest,
    content?: Pick<GuardedPost, "body" | "method">,
  ): Promise<GuardedAnswer> => {
    const limit = timeLimitMs === undefined ? null : AbortSignal.timeout(timeLimitMs);
    const either = limit === null ? signal : AbortSignal.any([signal, limit]);
    const told = (thrown: unknown, at: URL): AppError => {
      if (signal.aborted) return stopped(signal);
      if (limit?.aborted) return timedOut(at, timeLimitMs ?? 0);
      return thrown instanceof AppError ? thrown : networkError(thrown, at);
    };
    let at = url;
    let sent: Readonly<Record<string, string>> = {
      ...usualHeaders,
      ...lowerCased(headers),
    };
    try {
      for (let hops = 0; ; hops++) {
        const answer = await hop(at, sent, either, content);
        const next = redirects === "none" ? null : redirectOf(answer, at);
        if (next === null || (redirects === "same-host" && next.host !== at.host))
          return answerOf(answer, at, told);
        discard(answer.body);
        if (hops === mostRedirects)
          throw new AppError(
            "remote-odd",
            `${url.host} leads in circles: more than ${mostRedirects} redirects.`,
          );
        if (at.protocol === "https:" && next.protocol === "http:") throw downToHttp(next);
        if (next.origin !== at.origin)
          sent = Object.fromEntries(Object.entries(sent).filter(([name]) => !staysWithOrigin.has(name)));
        at = next;
      }
    } catch (thrown) {
      throw told(thrown, at);
    }
  };

  return {
    get: (request) => ask(request),
    post: ({ body, method, ...request }) =>
      ask(request, { body, ...(method === undefined ? {} : { method }) }),
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
};

const answerOf = (
  { statusCode, headers, body }: Dispatcher.ResponseData,
  url: URL,
  told: (thrown: unknown, at: URL) => AppError,
): GuardedAnswer => ({
  status: statusCode,
  headers,
  url,
  body,
  read: (mostBytes) =>
    readBody(body, headers, mostBytes).catch((thrown: unknown) => Promise.reject(told(thrown, url))),
  discard: () => discard(body),
});

const redirectOf = ({ statusCode, headers, body }: Dispatcher.ResponseData, at: URL): URL | null => {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return null;
  const { location } = headers;
  if (typeof location === "string" && URL.canParse(location, at.href)) return new URL(location, at.href);
  discard(body);
  throw new AppError("remote-odd", `${at.host} sends us on without saying where to.`);
};

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const timedOut = ({ host }: URL, timeLimitMs: number): AppError =>
  new AppError("timed-out", `${host} did not answer within ${Math.ceil(timeLimitMs / 1_000)} s.`);

const downToHttp = ({ host }: URL): NetworkError =>
  new NetworkError(
    "out-of-reach",
    `The address sends us from https to plain http on ${host}; Milepost does not follow.`,
  );
