import { hash } from "node:crypto";
import { z } from "zod";
import type { PeopleTable } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import { type Right, rights } from "#core/rights.ts";
import type { Secrets } from "#core/secrets.ts";
import type { Challenges } from "./challenges.ts";
import { comparedWith, hashOf } from "./secret.ts";
import type { Tokens } from "./tokens.ts";

/** A program that wants a token, as it says itself. Nothing of it is kept: its id is all of this, sealed. */
export interface AgentClient {
  id: string;
  name: string;
  /** Where it takes people back to. */
  redirects: readonly string[];
}

/** What a person grants. */
export interface Grant {
  client: AgentClient;
  redirect: string;
  /** base64url of the sha256 of what the program proves itself with (RFC 7636). */
  challenge: string;
  rights: readonly Right[];
}

/** Refused in the words of OAuth (RFC 6749, section 5.2), which programs read. */
export class OAuthRefusal extends Error {
  readonly code: string;
  constructor(code: string, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

/** People let programs of agents in, by OAuth 2.1 with PKCE. A token of these is good for the tools of agents and nothing else. */
export interface AgentSignIn {
  /** Throws OAuthRefusal. */
  register(asked: unknown): AgentClient;
  /** Null: it is none of ours. */
  client(id: string): AgentClient | null;
  /** The code that the program takes a token with, once and within ten minutes. */
  grant(grant: Grant, by: Actor): string;
  /** Throws OAuthRefusal. */
  exchange(given: Exchange): Promise<{ secret: string; lastsMs: number; rights: readonly Right[] }>;
  /** Puts a token away; of one that is none nothing is said. */
  revoke(secret: string): Promise<void>;
}

export interface Exchange {
  clientId: string;
  code: string;
  redirect: string;
  verifier: string;
}

interface AgentSignInDeps {
  accounts: Pick<PeopleTable, "people">;
  tokens: Pick<Tokens, "create" | "identify" | "remove">;
  challenges: Challenges;
  secrets: Secrets;
}

/** What a program of agents may be granted. */
export const agentRights = rights.filter((right) => right !== "admin");

const lastsMs = 90 * 24 * 3_600_000;
const purpose = "oauth code";
const owner = "oauth client";
const mostRedirects = 5;
const longestRedirect = 500;

const registration = z.object({
  client_name: z.string().trim().max(80).optional(),
  redirect_uris: z.array(z.string().max(longestRedirect)).min(1).max(mostRedirects),
});
const granted = z.object({
  client: z.string(),
  redirect: z.string(),
  challenge: z.string(),
  rights: z.array(z.enum(rights)),
  person: z.string(),
});

export const createAgentSignIn = ({
  accounts,
  tokens,
  challenges,
  secrets,
}: AgentSignInDeps): AgentSignIn => {
  const clientOf: AgentSignIn["client"] = (id) => {
    try {
      const { name, redirects } = JSON.parse(secrets.open(id, owner)) as Omit<AgentClient, "id">;
      return { id, name, redirects };
    } catch {
      return null;
    }
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
    client: clientOf,
    grant: ({ client, redirect, challenge, rights: given }, by) =>
      challenges.make(
        purpose,
        JSON.stringify({
          client: hashOf(client.id),
          redirect,
          challenge,
          rights: given,
          person: by.personId ?? by.id,
        }),
      ),
    exchange: async ({ clientId, code, redirect, verifier }) => {
      const refused = () => new OAuthRefusal("invalid_grant", "This code is not good for that, or no more.");
      const about = challenges.read(code, purpose);
      const client = clientOf(clientId);
      if (about === null || client === null) throw refused();
      const given = granted.parse(JSON.parse(about));
      const isProven = comparedWith(given.challenge)(hash("sha256", verifier, "base64url"));
      if (given.client !== hashOf(clientId) || given.redirect !== redirect || !isProven) throw refused();
      const person = (await accounts.people()).find(({ id }) => id === given.person);
      if (person === undefined || !(await challenges.spend(code))) throw refused();
      const scope = { rights: given.rights, workflows: null, only: "agents" } as const;
      const by: Actor = { kind: "person", id: person.id, name: person.name, personId: person.id };
      const { secret } = await tokens.create({ name: client.name, scope, lastsMs }, by);
      return { secret, lastsMs, rights: given.rights };
    },
    revoke: async (secret) => {
      const known = await tokens.identify(secret);
      if (known?.tokenId == null || known.scope.only !== "agents") return;
      await tokens.remove(known.tokenId, known.by, known.person.id);
    },
  };
};

const loopback = new Set(["127.0.0.1", "localhost", "[::1]"]);
/** What a browser would run or read itself, instead of handing it to a program. */
const inBrowser = /^(javascript|data|vbscript|file|blob|about|ftp|ws|wss|view-source|filesystem):$/;

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
