import { type Accounts, type ApiToken, type Identity, presetPrefix } from "#core/accounts.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { newId, type Random } from "#core/id.ts";
import type { Endings } from "./endings.ts";
import { comparedWith, hashOf, newSecret } from "./secret.ts";

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

/** What programs sign in with: `Authorization: Bearer …`. */
export interface Tokens {
  /** The secret is shown this once. Throws AppError("bad-input") for a name that is empty or too long. */
  create(name: string, by: string): Promise<{ token: ApiToken; secret: string }>;
  list(): Promise<ApiToken[]>;
  /** What was held open for it, and for the sessions that it opened, is closed by then. */
  remove(id: string, by: string): Promise<void>;
  identify(secret: string): Promise<Identity | null>;
  /** Ends the sessions that were opened with a preset token that is no longer the one. To be called at the start. */
  endOldPreset(): Promise<void>;
}

const presetId = (preset: string): string => `${presetPrefix}${hashOf(preset).slice(0, 16)}`;

export const createTokens = ({ accounts, endings, clock, random, preset }: TokensDeps): Tokens => {
  const isPreset = preset === null ? () => false : comparedWith(preset);
  const byPreset: Identity = {
    kind: "token",
    name: "program with MILEPOST_API_TOKEN",
    sessionId: null,
    tokenId: preset === null ? null : presetId(preset),
  };
  return {
    create: async (given, by) => {
      const name = given.trim();
      if (name === "" || name.length > longestName) {
        throw new AppError("bad-input", `Give the token a name of 1 to ${longestName} characters.`, {
          field: "name",
        });
      }
      const now = clock.now();
      const secret = prefix + newSecret(random);
      const token = { id: newId(now, random), name, createdAt: now, lastUsedAt: null };
      await accounts.addToken(token, hashOf(secret));
      await accounts.audit({ at: now, by, did: "made an API token", target: name });
      return { token, secret };
    },
    list: () => accounts.tokens(),
    remove: async (id, by) => {
      const token = (await accounts.tokens()).find((one) => one.id === id);
      if (token === undefined)
        throw new AppError("not-found", "There is no such token; it may be removed already.");
      await accounts.removeToken(id);
      endings.tell([id]);
      await accounts.audit({ at: clock.now(), by, did: "removed an API token", target: token.name });
    },
    endOldPreset: () => accounts.endPresetSessions(byPreset.tokenId),
    identify: async (secret) => {
      if (isPreset(secret)) return byPreset;
      const token = await accounts.token(hashOf(secret), clock.now());
      return token === null ? null : { kind: "token", name: token.name, sessionId: null, tokenId: token.id };
    },
  };
};
