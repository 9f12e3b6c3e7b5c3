import { hash } from "node:crypto";
import { z } from "zod";
import type { PeopleTable } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
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
  clients: AgentClients;
}

/** What a program of agents may be granted. */
export const agentRights = rights.filter((right) => right !== "admin");

const lastsMs = 90 * 24 * 3_600_000;
const purpose = "oauth code";
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
  clients,
}: AgentSignInDeps): AgentSignIn => {
  return {
    ...clients,
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
      const client = about === null ? null : await clients.client(clientId);
      if (about === null || client === null) throw refused();
      const given = granted.parse(JSON.parse(about));
      // The challenge is no secret: it stood in the address of the page on which it was granted.
      const isProven = hash("sha256", verifier, "base64url") === given.challenge;
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
