import type * as Oidc from "openid-client";
import { AppError } from "#core/errors.ts";
import { foreignText } from "#core/foreign.ts";
import { inWords } from "./provider-words.ts";
import { groupsIn } from "./role-of-groups.ts";

/** Who signs people in elsewhere, by OpenID Connect. */
export interface ProviderSettings {
  issuer: URL;
  clientId: string;
  /** Null: a public client, by PKCE alone. */
  clientSecret: string | null;
  scopes: string;
  groupsClaim: string;
  /** What people call it: "Keycloak". */
  name: string;
}

/** One HTTP request, guarded and limited in time by whoever hands it in. Throws AppError when no answer came. */
export type Ask = Oidc.CustomFetch;

/** What a provider says of somebody. */
export interface Told {
  issuer: string;
  /** By which the provider knows them, whatever else changes. */
  subject: string;
  email: string | null;
  /** Whether the provider says that this address is theirs. */
  isVerified: boolean;
  name: string | null;
  groups: readonly string[];
  /** By which it knows whom a sign-out is about; "" where that is too long for an address. */
  idToken: string;
}

/** What has to be known again when somebody comes back. */
export interface Begun {
  state: string;
  nonce: string;
  verifier: string;
}

/** Throws AppError, in the provider's own words where it has some. */
export interface Provider {
  begin(back: URL): Promise<{ address: URL; begun: Begun }>;
  /** `at` is where they came back to, with all that the provider added. */
  finish(at: URL, begun: Begun): Promise<Told>;
  /** Where they sign out there, too; null where the provider has no such place. */
  leave(idToken: string, back: URL): Promise<URL | null>;
}

/** Clocks of two machines may differ by so much. */
const clockToleranceS = 60;
/** Keys and addresses of a provider change seldom, but they do. */
const knownForMs = 3_600_000;

/** As of people who are invited. */
const longestName = 60;
/** RFC 5321, 4.5.3.1.3, without the brackets. */
const longestEmail = 254;
/** OpenID Connect Core, section 2. */
const longestSubject = 255;
/** Of an ID token in an address: servers take few more in all. */
const longestHint = 4_000;

const library = () => import("openid-client");

export const createProvider = (
  settings: ProviderSettings,
  { ask, now }: { ask: Ask; now(): number },
): Provider => {
  let known: { config: Oidc.Configuration; until: number } | null = null;
  const discover = async (oidc: typeof Oidc): Promise<Oidc.Configuration> => {
    if (known !== null && known.until > now()) return known.config;
    const { issuer, clientId, clientSecret } = settings;
    const plain = issuer.protocol === "http:" ? [oidc.allowInsecureRequests] : [];
    const config = await oidc.discovery(
      issuer,
      clientId,
      { [oidc.clockTolerance]: clockToleranceS },
      clientSecret === null ? oidc.None() : signedBy(oidc, clientSecret),
      { [oidc.customFetch]: ask, execute: [oidc.enableNonRepudiationChecks, ...plain] },
    );
    known = { config, until: now() + knownForMs };
    return config;
  };
  const asked = async <T>(
    what: (oidc: typeof Oidc, config: Oidc.Configuration) => Promise<T>,
  ): Promise<T> => {
    try {
      const oidc = await library();
      return await what(oidc, await discover(oidc));
    } catch (thrown) {
      // What it told of itself may be wrong, and right by the next time.
      if (!(thrown instanceof AppError)) known = null;
      throw inWords(thrown, settings.name);
    }
  };
  return {
    begin: (back) =>
      asked(async (oidc, config) => {
        const begun = {
          state: oidc.randomState(),
          nonce: oidc.randomNonce(),
          verifier: oidc.randomPKCECodeVerifier(),
        };
        const address = oidc.buildAuthorizationUrl(config, {
          redirect_uri: back.href,
          scope: settings.scopes,
          state: begun.state,
          nonce: begun.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(begun.verifier),
          code_challenge_method: "S256",
        });
        return { address, begun };
      }),
    finish: (at, { state, nonce, verifier }) =>
      asked(async (oidc, config) => {
        if (at.searchParams.get("state") !== state)
          throw new AppError(
            "conflict",
            "This browser began another sign-in after this one, so this one ends here. Begin it again.",
          );
        const tokens = await oidc.authorizationCodeGrant(config, at, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims !== undefined && claims.sub.length > longestSubject)
          throw new AppError(
            "remote-odd",
            `What ${settings.name} calls whoever signed in is longer than ${longestSubject} characters, so nobody was let in.`,
          );
        if (claims === undefined || tokens.id_token === undefined)
          throw new AppError(
            "remote-odd",
            `${settings.name} does not say who signed in, so nobody was let in. Its settings for Milepost need the scope “openid”.`,
          );
        return toldBy(
          await completed(oidc, config, claims, tokens.access_token, settings),
          tokens.id_token,
          settings,
        );
      }),
    leave: (idToken, back) =>
      asked(async (oidc, config) =>
        config.serverMetadata().end_session_endpoint === undefined
          ? null
          : oidc.buildEndSessionUrl(config, {
              ...(idToken === "" ? {} : { id_token_hint: idToken }),
              post_logout_redirect_uri: back.href,
            }),
      ),
  };
};

/** As the provider takes it: some take only one of the two (RFC 8414 says which one where nothing is said). */
const signedBy =
  (oidc: typeof Oidc, secret: string): Oidc.ClientAuth =>
  (provider, ...rest) => {
    const ways = provider.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const way = ways.includes("client_secret_basic") ? oidc.ClientSecretBasic : oidc.ClientSecretPost;
    way(secret)(provider, ...rest);
  };

type Claims = Readonly<Record<string, unknown>> & { iss: string; sub: string };

/** Many providers tell of address and groups only where they are asked for them (OpenID Connect Core, section 5.3). */
const completed = async (
  oidc: typeof Oidc,
  config: Oidc.Configuration,
  claims: Claims,
  accessToken: string,
  { groupsClaim }: ProviderSettings,
): Promise<Claims> => {
  const isWhole = claims.email !== undefined && groupsIn(claims, groupsClaim) !== null;
  if (isWhole || config.serverMetadata().userinfo_endpoint === undefined) return claims;
  return { ...(await oidc.fetchUserInfo(config, accessToken, claims.sub)), ...claims };
};

const toldBy = (claims: Claims, idToken: string, { groupsClaim }: ProviderSettings): Told => ({
  issuer: claims.iss,
  subject: claims.sub,
  email: emailIn(claims),
  // Some say it in a text.
  isVerified: claims.email_verified === true || claims.email_verified === "true",
  name: nameIn(claims),
  groups: groupsIn(claims, groupsClaim) ?? [],
  idToken: idToken.length > longestHint ? "" : idToken,
});

const emailIn = ({ email }: Claims): string | null =>
  typeof email === "string" && email.length <= longestEmail ? email.trim().toLowerCase() : null;

const nameIn = ({ name, preferred_username, email }: Claims): string | null => {
  for (const one of [name, preferred_username, email]) {
    const text = typeof one === "string" ? foreignText(one, longestName) : "";
    if (text !== "") return text;
  }
  return null;
};
