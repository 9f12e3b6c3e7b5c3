import { asFetch } from "#connectors/http/as-fetch.ts";
import { openGuardedFetch } from "#connectors/http/guarded-fetch.ts";
import type { Clock } from "#core/clock.ts";
import type { Random } from "#core/id.ts";
import type { Others } from "#core/others.ts";
import type { Secrets } from "#core/secrets.ts";
import type { Store } from "#core/store.ts";
import { openAccess } from "#people/access.ts";
import { createAgentClients } from "#people/agent-clients.ts";
import { createAgentSignIn } from "#people/agent-sign-in.ts";
import { createAppEntry } from "#people/app-entry.ts";
import { createChallenges } from "#people/challenges.ts";
import { createEndings } from "#people/endings.ts";
import { createPasskeys } from "#people/passkeys.ts";
import { createPeople } from "#people/people.ts";
import { createProvider } from "#people/provider.ts";
import { createShares } from "#people/shares.ts";
import { createSignIn } from "#people/sign-in.ts";
import { createSingleSignOn, type SingleSignOnDeps } from "#people/single-sign-on.ts";
import { createTokens } from "#people/tokens.ts";
import type { Config } from "./config.ts";

interface OpenPeopleDeps extends Pick<Config, "apiToken" | "oidc"> {
  store: Pick<Store, "accounts" | "access" | "shares">;
  secrets: Secrets;
  others: Others;
  clock: Clock;
  random: Random;
}

/** A provider's answers are keys, tokens and what it says of itself. */
const answersOfProvider = { mostBytes: 1024 * 1024, timeLimitMs: 15_000 };

/** Who comes in, by what, and who may do what. */
export const openPeople = async ({
  store,
  secrets,
  others,
  clock,
  random,
  apiToken,
  oidc,
}: OpenPeopleDeps) => {
  const { accounts } = store;
  const endings = createEndings(others);
  const shared = { accounts, endings, clock, random };
  const signIn = createSignIn(shared);
  const challenges = createChallenges({ accounts, secrets, clock });
  const tokens = createTokens({ ...shared, preset: apiToken });
  await tokens.endOldPreset();
  return {
    endings,
    signIn,
    passkeys: createPasskeys({ ...shared, signIn, challenges }),
    singleSignOn: oidc === null ? null : withProvider(oidc, { ...shared, signIn, challenges, secrets }),
    people: createPeople({ ...shared, signIn }),
    tokens,
    appEntry: createAppEntry({ signIn, secrets, challenges }),
    agentSignIn: createAgentSignIn({
      accounts,
      tokens,
      challenges,
      clients: agentClients({ secrets, clock }),
      clock,
    }),
    shares: createShares({ ...shared, table: store.shares }),
    access: await openAccess({ ...shared, others, table: store.access }),
  };
};

/** Programs of agents may describe themselves at an address of the internet, and nowhere nearer. */
const agentClients = (deps: Pick<OpenPeopleDeps, "secrets" | "clock">) => {
  const ask = asFetch(openGuardedFetch({ reach: "public" }), { mostBytes: 10_000, timeLimitMs: 10_000 });
  return createAgentClients({
    ...deps,
    document: async (url) => {
      const answer = await ask(url.href, { headers: { accept: "application/json" } });
      return answer.status === 200 ? answer.json() : null;
    },
  });
};

const withProvider = (
  oidc: NonNullable<Config["oidc"]>,
  deps: Omit<SingleSignOnDeps, "provider" | "name" | "groupRoles">,
) => {
  // Whoever runs this server says where the provider is: at home, perhaps.
  const ask = asFetch(openGuardedFetch({ reach: "anywhere" }), answersOfProvider);
  const provider = createProvider(oidc, { ask, now: deps.clock.now });
  return createSingleSignOn({ ...deps, provider, name: oidc.name, groupRoles: oidc.groupRoles });
};
