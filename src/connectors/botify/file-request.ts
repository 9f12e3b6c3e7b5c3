import { Agent, type Dispatcher } from "undici";
import { AppError } from "#core/errors.ts";
import { checkLiteral, checkProtocol, guardedLookup, isLoopbackHost, type Reach } from "./addresses.ts";

export interface FileRequest {
  url: URL;
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

export interface FileServer {
  /** Gives the answer after all redirects; its body must be read or destroyed. Throws AppError for an address that we do not fetch. */
  get(request: FileRequest): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

const mostRedirects = 5;
const connectMs = 20_000;
/** Without a byte for this long, a connection counts as cut. */
const silenceMs = 60_000;

/**
 * Fetches from addresses that another system gave us (SSRF): public ones, or those of the API's own origin, which its owner typed in;
 * when that API is on this machine, this machine's own. The token goes to the API's own origin only, and not again after a redirect left it.
 */
export const openFileServer = ({
  apiOrigin,
  token,
}: {
  apiOrigin: string;
  token?: string | undefined;
}): FileServer => {
  const elsewhere: Reach = isLoopbackHost(new URL(apiOrigin).hostname) ? "loopback" : "public";
  const agentOf = (reach: Reach) =>
    // The lookup is checked rather than the name, and HTTP/1.1 is asked for because a range over it is what was measured.
    new Agent({
      allowH2: false,
      connect: { lookup: guardedLookup(reach), timeout: connectMs },
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
    });
  const agents = { own: agentOf("anywhere"), elsewhere: agentOf(elsewhere) };

  return {
    async get({ url, headers, signal }) {
      let at = url;
      let trusted = true;
      for (let redirects = 0; redirects <= mostRedirects; redirects++) {
        checkProtocol(at, url);
        const own = at.origin === apiOrigin;
        trusted &&= own;
        if (!own) checkLiteral(at.hostname, elsewhere);
        const answer = await (own ? agents.own : agents.elsewhere).request({
          origin: at.origin,
          path: at.pathname + at.search,
          method: "GET",
          headers: {
            ...headers,
            "accept-encoding": "identity",
            ...(trusted && token !== undefined ? { authorization: `Token ${token}` } : {}),
          },
          signal,
        });
        const next = redirectOf(answer, at);
        if (next === null) return answer;
        await answer.body.dump();
        at = next;
      }
      throw new AppError(
        "remote-odd",
        `The download address leads in circles: more than ${mostRedirects} redirects.`,
      );
    },
    async close() {
      await Promise.all([agents.own.destroy(), agents.elsewhere.destroy()]);
    },
  };
};

const redirectOf = (answer: Dispatcher.ResponseData, at: URL): URL | null => {
  if (![301, 302, 303, 307, 308].includes(answer.statusCode)) return null;
  const location = answer.headers.location;
  if (typeof location !== "string" || !URL.canParse(location, at.href)) {
    throw new AppError("remote-odd", `${at.host} sends us on without saying where to.`);
  }
  return new URL(location, at.href);
};
