import { hash } from "node:crypto";
import { z } from "zod";
import type { PeopleTable } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import { type Right, rights } from "#core/rights.ts";
import { type AgentClient, type AgentClients, OAuthRefusal } from "./agent-clients.ts";
import type { Challenges } from "./challenges.ts";
import { hashOf } from "./secret.ts";
import type { Tokens } from "./tokens.ts";

/** What a person grants. */
export interface Grant {
  client: AgentClient;
  redirect: string;
  /** base64url of the sha256 of what the program proves itself with (RFC 7636). */
  challenge: string;
  rights: readonly Right[];
}

/** People let programs of agents in, by OAuth 2.1 with PKCE. A token of these is good for the tools of agents and nothing else. */
export interface AgentSignIn extends AgentClients {
  /** The code that the program takes a token with, once and within ten minutes. */
  grant(grant: Grant, by: Actor): string;
  /** Throws OAuthRefusal. */
  exchange(given: Exchange): Promise<Given>;
  /**
   * Takes what renews a token, once. Whoever brings it a second time, later than a moment after the first, has stolen it or was stolen from:
   * then that token ends. Throws OAuthRefusal.
   */
  renew(given: { clientId: string; renewal: string }): Promise<Given>;
  /** Puts a token away; of one that is none nothing is said. */
  revoke(secret: string): Promise<void>;
}

/** What a program is given. */
export interface Given {
  /** What it signs in with, for so long. */
  secret: string;
  lastsMs: number;
  /** What it gets the next one with. */
  renewal: string;
  rights: readonly Right[];
}

export interface Exchange {
  clientId: string;
  code: string;
  redirect: string;
  verifier: string;
}

interface AgentSignInDeps {
  accounts: Pick<PeopleTable, "people">;
  tokens: Pick<Tokens, "create" | "identify" | "list" | "remove" | "renew">;
  challenges: Challenges;
  clients: AgentClients;
  clock: Pick<Clock, "now">;
}

/** What a program of agents may be granted. */
export const agentRights = rights.filter((right) => right !== "admin");

const hour = 3_600_000;
/** A program that was not used for so long asks its person again. */
const lastsMs = 90 * 24 * hour;
const secretLastsMs = hour;
/** An answer may be lost on its way, and several windows of a program may renew at once: they are told the same. */
const sameAnswerMs = 30_000;
const purpose = "oauth code";
const renewing = "oauth refresh";
const granted = z.object({
  client: z.string(),
  redirect: z.string(),
  challenge: z.string(),
  rights: z.array(z.enum(rights)),
  person: z.string(),
});

/** Which token it renews, as long as that still has this secret. */
const renews = z.object({
  client: z.string(),
  token: z.string(),
  secret: z.string(),
  rights: z.array(z.enum(rights)),
});
type Renews = z.output<typeof renews>;

export const createAgentSignIn = ({
  accounts,
  tokens,
  challenges,
  clients,
  clock,
}: AgentSignInDeps): AgentSignIn => {
  const answers = new Map<string, { at: number; given: Promise<Given> }>();
  const given = (secret: string, { client, token, rights: may }: Omit<Renews, "secret">): Given => {
    const about: Renews = { client, token, secret: hashOf(secret), rights: [...may] };
    const renewal = challenges.make(renewing, JSON.stringify(about), lastsMs);
    return { secret, lastsMs: secretLastsMs, renewal, rights: may };
  };
  const renewsOf = (renewal: string): Renews | null => {
    const about = challenges.read(renewal, renewing);
    return about === null ? null : renews.parse(JSON.parse(about));
  };
  const renewed = async (about: Renews): Promise<Given> => {
    const made = await tokens.renew(about.token, about.secret, { lastsMs, secretLastsMs });
    if (made === null) throw new OAuthRefusal("invalid_grant", "This is not good any more. Sign in again.");
    return given(made.secret, about);
  };
  return {
    ...clients,
    grant: ({ client, redirect, challenge, rights: may }, by) =>
      challenges.make(
        purpose,
        JSON.stringify({
          client: hashOf(client.id),
          redirect,
          challenge,
          rights: may,
          person: by.personId ?? by.id,
        }),
      ),
    exchange: async ({ clientId, code, redirect, verifier }) => {
      const refused = () => new OAuthRefusal("invalid_grant", "This code is not good for that, or no more.");
      const about = challenges.read(code, purpose);
      const client = about === null ? null : await clients.client(clientId);
      if (about === null || client === null) throw refused();
      const allowed = granted.parse(JSON.parse(about));
      // The challenge is no secret: it stood in the address of the page on which it was granted.
      const isProven = hash("sha256", verifier, "base64url") === allowed.challenge;
      if (allowed.client !== hashOf(clientId) || allowed.redirect !== redirect || !isProven) throw refused();
      const person = (await accounts.people()).find(({ id }) => id === allowed.person);
      if (person === undefined || !(await challenges.spend(code))) throw refused();
      const scope = { rights: allowed.rights, workflows: null, only: "agents" } as const;
      const by: Actor = { kind: "person", id: person.id, name: person.name, personId: person.id };
      const { secret, token } = await tokens.create({ name: client.name, scope, lastsMs, secretLastsMs }, by);
      return given(secret, { client: allowed.client, token: token.id, rights: allowed.rights });
    },
    renew: async ({ clientId, renewal }) => {
      const about = renewsOf(renewal);
      if (about === null || about.client !== hashOf(clientId))
        throw new OAuthRefusal("invalid_grant", "This is not good for that, or no more. Sign in again.");
      const now = clock.now();
      for (const [old, { at }] of answers) if (now - at >= sameAnswerMs) answers.delete(old);
      const answer = answers.get(about.secret) ?? { at: now, given: renewed(about) };
      answers.set(about.secret, answer);
      return answer.given;
    },
    revoke: async (secret) => {
      const about = renewsOf(secret);
      const token = (await tokens.list(null)).find(({ id }) => id === about?.token);
      if (token !== undefined) {
        const { personId, personName: name } = token;
        return tokens.remove(token.id, { kind: "person", id: personId, name, personId }, personId);
      }
      const known = await tokens.identify(secret);
      if (known?.tokenId == null || known.scope.only !== "agents") return;
      await tokens.remove(known.tokenId, known.by, known.person.id);
    },
  };
};
