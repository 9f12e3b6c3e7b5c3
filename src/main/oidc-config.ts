import { readFileSync } from "node:fs";
import { isOwnNetwork } from "#connectors/http/zones.ts";
import type { ProviderSettings } from "#people/provider.ts";
import { type GroupRoles, readGroupRoles } from "#people/role-of-groups.ts";

/** A provider of OpenID Connect at which people sign in. */
export interface OidcConfig extends ProviderSettings {
  /** Null: only who is invited comes in. */
  groupRoles: GroupRoles | null;
}

/** Null: there is none. Throws an Error whose message is a sentence for the person at the terminal. */
export const readOidc = (env: NodeJS.ProcessEnv): OidcConfig | null => {
  const given = env.MILEPOST_OIDC_ISSUER;
  if (!given) return null;
  const issuer = readIssuer(given);
  const clientId = env.MILEPOST_OIDC_CLIENT_ID;
  if (!clientId)
    throw new Error(
      "With MILEPOST_OIDC_ISSUER, MILEPOST_OIDC_CLIENT_ID must be what the provider calls Milepost.",
    );
  const scopes = env.MILEPOST_OIDC_SCOPES || "openid profile email";
  if (!scopes.split(/\s+/).includes("openid"))
    throw new Error(
      `MILEPOST_OIDC_SCOPES must have "openid" among them, as in "openid profile email", not "${scopes}".`,
    );
  return {
    issuer,
    clientId,
    clientSecret: readSecret(env),
    scopes,
    groupsClaim: env.MILEPOST_OIDC_GROUPS_CLAIM || "groups",
    name: env.MILEPOST_OIDC_NAME || issuer.hostname,
    groupRoles: readRoles(env.MILEPOST_OIDC_ROLES),
  };
};

const readIssuer = (given: string): URL => {
  const url = URL.canParse(given) ? new URL(given) : null;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isOwnNetwork(url.hostname));
  if (url !== null && isSafe && url.search === "" && url.hash === "" && url.username === "") return url;
  throw new Error(
    `MILEPOST_OIDC_ISSUER must be the address of the provider, such as https://login.example.org/realms/home, with https unless it is in your own network, not "${given}".`,
  );
};

const readSecret = ({
  MILEPOST_OIDC_CLIENT_SECRET: secret,
  MILEPOST_OIDC_CLIENT_SECRET_FILE: file,
}: NodeJS.ProcessEnv): string | null => {
  if (!file) return secret || null;
  if (secret)
    throw new Error("Set MILEPOST_OIDC_CLIENT_SECRET or MILEPOST_OIDC_CLIENT_SECRET_FILE, and not both.");
  try {
    return readFileSync(file, "utf8").trim() || null;
  } catch (error) {
    throw new Error(
      `The file of MILEPOST_OIDC_CLIENT_SECRET_FILE cannot be read: ${error instanceof Error ? error.message : error}.`,
    );
  }
};

const readRoles = (given: string | undefined): GroupRoles | null => {
  if (!given) return null;
  const roles = readGroupRoles(given);
  if (roles !== null) return roles;
  throw new Error(
    `MILEPOST_OIDC_ROLES must say what members of groups are here, as in "admins=admin, staff=operator, *=viewer", not "${given}".`,
  );
};
