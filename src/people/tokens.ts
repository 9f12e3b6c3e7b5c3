import {
  type Accounts,
  type ApiToken,
  type Known,
  type NewToken as MadeToken,
  presetPrefix,
} from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { newId, type Random } from "#core/id.ts";
import { ownerId, type PersonRef } from "#core/people.ts";
import { everything, type Scope } from "#core/rights.ts";
import { checkedName } from "./checked-name.ts";
import type { Endings } from "./endings.ts";
import { personOf } from "./person-of.ts";
import { hashOf, newSecret, rememberedHashes } from "./secret.ts";

/** Ours begin with this, so that a leaked one can be found and told from others. */
const prefix = "mp_";
const longestName = 100;

export interface TokensDeps {
  accounts: Accounts;
  endings: Pick<Endings, "tell">;
  clock: Clock;
  random: Random;
  /** A token that whoever deploys has set; null: none. */
  preset: string | null;
}

export interface NewToken {
  name: string;
  scope: Scope;
  /** How long it lets somebody in; null: for ever. */
  lastsMs: number | null;
  /** How long its secret does, where another one takes its place before. */
  secretLastsMs?: number;
}

/** For how long from now. */
export interface Renewal {
  lastsMs: number;
  secretLastsMs: number;
}

/** What programs sign in with: `Authorization: Bearer …`. */
export interface Tokens {
  /** The secret is shown this once. Throws AppError("bad-input") for a name that cannot be. */
  create(asked: NewToken, by: Actor): Promise<{ token: MadeToken; secret: string }>;
  /** Those of a person; of everybody where that is null. */
  list(personId: string | null): Promise<ApiToken[]>;
  /**
   * Another secret for a token, in place of the one with this hash. Null: there is no such token. Where it has another one, somebody else has
   * this one as well: then the token is removed, and null given.
   */
  renew(id: string, secretHash: string, lasts: Renewal): Promise<{ secret: string } | null>;
  /**
   * Removes those that were made with it, too. What was held open for them, and for the sessions that they opened, is closed by then. Only
   * one of theirs, anybody's where `personId` is null.
   */
  remove(id: string, by: Actor, personId: string | null): Promise<void>;
  identify(secret: string): Promise<Known | null>;
  /** Whoever deploys has set one, which is in no list. */
  hasPreset: boolean;
  /** Ends the sessions that were opened with a preset token that is no longer the one. To be called at the start. */
  endOldPreset(): Promise<void>;
}

/** It acts as the owner, but is not meant where a question names people. */
const presetName = "API token of the environment";

const presetId = (preset: string): string => `${presetPrefix}${hashOf(preset).slice(0, 16)}`;

/** How people read who did something: a token may be called as somebody is, so it is said whose it is. */
const actsAs = (name: string, person: PersonRef): string =>
  name === person.name ? name : `${name} (${person.name})`;

export const createTokens = ({ accounts, endings, clock, random, preset }: TokensDeps): Tokens => {
  const hashOfPreset = preset === null ? null : hashOf(preset);
  const hashOfToken = rememberedHashes();
  const identityOf = (
    { id, name, scope, expiresAt }: Pick<ApiToken, "id" | "name" | "scope" | "expiresAt">,
    person: PersonRef,
  ): Known => ({
    kind: "token",
    name: actsAs(name, person),
    by: { kind: "token", id, name: actsAs(name, person), personId: person.id },
    sessionId: null,
    tokenId: id,
    scope,
    endsAt: expiresAt,
    person,
  });
  const byPreset =
    preset === null
      ? null
      : identityOf(
          { id: presetId(preset), name: presetName, scope: everything, expiresAt: null },
          { id: ownerId, name: presetName, role: "admin", meantBy: "nothing" },
        );
  /** When it ends stands in the secret, and what is kept is a hash of all of it. */
  const makeSecret = (endsAt: number | null): string =>
    `${prefix}${newSecret(random)}${endsAt === null ? "" : `.${endsAt.toString(36)}`}`;
  const list: Tokens["list"] = async (personId) =>
    (await accounts.tokens()).filter((one) => personId === null || one.personId === personId);
  return {
    create: async ({ name: given, scope, lastsMs, secretLastsMs }, by) => {
      const name = checkedName(given, longestName);
      const now = clock.now();
      const secret = makeSecret(secretLastsMs === undefined ? null : now + secretLastsMs);
      const token = {
        id: newId(now, random),
        personId: by.personId ?? ownerId,
        name,
        scope,
        expiresAt: lastsMs === null ? null : now + lastsMs,
        madeBy: by.name,
        madeByToken: by.kind === "token" ? by.id : null,
        createdAt: now,
        lastUsedAt: null,
      };
      await accounts.addToken(token, hashOf(secret));
      await accounts.audit({ at: now, by, did: "made an API token", target: name });
      return { token, secret };
    },
    list,
    remove: async (id, by, personId) => {
      const token = (await list(personId)).find((one) => one.id === id);
      if (token === undefined)
        throw new AppError("not-found", "There is no such token; it may be removed already.");
      const removed = await accounts.removeToken(id);
      endings.tell(removed);
      await accounts.audit({ at: clock.now(), by, did: "removed an API token", target: token.name });
    },
    renew: async (id, secretHash, { lastsMs, secretLastsMs }) => {
      const now = clock.now();
      const secret = makeSecret(now + secretLastsMs);
      const becomes = { secretHash: hashOf(secret), expiresAt: now + lastsMs };
      const became = await accounts.renewToken(id, secretHash, becomes);
      if (became === "renewed") return { secret };
      const token = (await list(null)).find((one) => one.id === id);
      if (token === undefined) return null;
      endings.tell(await accounts.removeToken(id));
      const by: Actor = { kind: "token", id, name: token.name, personId: token.personId };
      const did = "had its token removed, because somebody used one that was renewed before";
      await accounts.audit({ at: now, by, did, target: token.name });
      return null;
    },
    hasPreset: preset !== null,
    endOldPreset: () => accounts.endPresetSessions(byPreset?.tokenId ?? null),
    identify: async (secret) => {
      const hash = hashOfToken(secret);
      if (hash === hashOfPreset) return byPreset;
      const token = await accounts.token(hash, clock.now());
      if (token === null) return null;
      const expiresAt = sooner(token.expiresAt, endOf(secret));
      if (expiresAt !== null && expiresAt <= clock.now()) return null;
      return identityOf({ ...token, expiresAt }, personOf(token));
    },
  };
};

const endOf = (secret: string): number | null => {
  const said = /\.([0-9a-z]+)$/.exec(secret)?.[1];
  return said === undefined ? null : Number.parseInt(said, 36);
};

const sooner = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);
