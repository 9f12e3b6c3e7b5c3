import { z } from "zod";
import type { Clock } from "#core/clock.ts";
import { foreignText } from "#core/foreign.ts";
import type { Secrets } from "#core/secrets.ts";

/**
 * A program that wants a token, as it says itself. Nothing of it is kept: its id is all of this, sealed, or the address of a document that says it.
 */
export interface AgentClient {
  id: string;
  name: string;
  /** Where it takes people back to. */
  redirects: readonly string[];
}

/** Refused in the words of OAuth (RFC 6749, section 5.2), which programs read. */
export class OAuthRefusal extends Error {
  readonly code: string;
  constructor(code: string, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

/** The programs that ask people to be let in as their agents. */
export interface AgentClients {
  /** One that says what it is (RFC 7591). Throws OAuthRefusal. */
  register(asked: unknown): AgentClient;
  /** Null: it is not known, or its document says something else. */
  client(id: string): Promise<AgentClient | null>;
}

interface AgentClientsDeps {
  secrets: Secrets;
  clock: Pick<Clock, "now">;
  /** What lies at an address of the internet, as JSON. Throws when nothing does. */
  document(url: URL): Promise<unknown>;
}

const owner = "oauth client";
const mostRedirects = 5;
const longestRedirect = 500;
const longestId = 2_000;
/** Together they have to be short enough for the name of a token. */
const [longestSaid, longestHost] = [40, 50];
/** So long a document is as good as new. */
const freshMs = 10 * 60_000;
const mostKnown = 100;

const registration = z.object({
  client_name: z
    .string()
    .trim()
    .max(80)
    .transform((said) => foreignText(said, longestSaid))
    .optional(),
  redirect_uris: z.array(z.string().max(longestRedirect)).min(1).max(mostRedirects),
});
const described = registration.extend({ client_id: z.string() });

export const createAgentClients = ({ secrets, clock, document }: AgentClientsDeps): AgentClients => {
  const known = new Map<string, { at: number; client: AgentClient }>();
  const sealed = (id: string): AgentClient | null => {
    try {
      const { name, redirects } = JSON.parse(secrets.open(id, owner)) as Omit<AgentClient, "id">;
      return { id, name, redirects };
    } catch {
      return null;
    }
  };
  const documented = async (url: URL): Promise<AgentClient | null> => {
    const id = url.href;
    const there = known.get(id);
    if (there !== undefined && clock.now() - there.at < freshMs) return there.client;
    const read = described.safeParse(await document(url).catch(() => null));
    // Nobody speaks for another: the document says where it lies.
    if (!read.success || read.data.client_id !== id) return null;
    const { client_name: said = "", redirect_uris: redirects } = read.data;
    if (!redirects.every(isRedirect)) return null;
    const client = { id, name: named(said, foreignText(url.host, longestHost)), redirects };
    if (known.size >= mostKnown) known.clear();
    known.set(id, { at: clock.now(), client });
    return client;
  };
  return {
    register: (asked) => {
      const read = registration.safeParse(asked);
      if (!read.success) throw new OAuthRefusal("invalid_client_metadata", "Give one to five redirect_uris.");
      const { client_name: said = "", redirect_uris: redirects } = read.data;
      const odd = redirects.find((one) => !isRedirect(one));
      if (odd !== undefined)
        throw new OAuthRefusal("invalid_redirect_uri", `People cannot be taken to “${odd}”.`);
      const name = said === "" ? "An agent" : said;
      return { id: secrets.seal(JSON.stringify({ name, redirects }), owner), name, redirects };
    },
    client: async (id) => {
      if (id.length > longestId) return sealed(id);
      const url = id.startsWith("https://") && URL.canParse(id) ? new URL(id) : null;
      if (url === null) return sealed(id);
      // As the draft of client id metadata documents has it: a path, and nothing that could be written in two ways.
      const isPlain = url.href === id && url.pathname !== "/" && url.hash === "" && url.username === "";
      return isPlain ? documented(url) : null;
    },
  };
};

const loopback = new Set(["127.0.0.1", "localhost", "[::1]"]);
/** What a browser would run or read itself, instead of handing it to a program. */
const inBrowser = /^(javascript|data|vbscript|file|blob|about|ftp|ws|wss|view-source|filesystem):$/;

const named = (said: string, host: string): string => (said === "" ? host : `${said} (${host})`);

/** Encrypted, to this machine, or to a program by a name of its own ("cursor://…"). */
const isRedirect = (address: string): boolean => {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, hash: fragment } = new URL(address);
  if (fragment !== "" || address.includes("#")) return false;
  if (protocol === "http:") return loopback.has(hostname);
  return !inBrowser.test(protocol);
};

/** Whether a program asks for one of the places that it named; on this machine its port may be another (RFC 8252, section 7.3). */
export const isOneOf = (redirects: readonly string[], asked: string): boolean =>
  redirects.includes(asked) || redirects.some((one) => portless(one) === portless(asked));

const portless = (address: string): string => {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.protocol === "http:" && loopback.has(url.hostname)) url.port = "";
  return url.href;
};
