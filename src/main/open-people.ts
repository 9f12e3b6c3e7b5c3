import type { Clock } from "#core/clock.ts";
import type { Random } from "#core/id.ts";
import type { Secrets } from "#core/secrets.ts";
import type { Store } from "#core/store.ts";
import { openAccess } from "#people/access.ts";
import { createChallenges } from "#people/challenges.ts";
import { createEndings } from "#people/endings.ts";
import { createPasskeys } from "#people/passkeys.ts";
import { createPeople } from "#people/people.ts";
import { createSignIn } from "#people/sign-in.ts";
import { createTokens } from "#people/tokens.ts";

interface OpenPeopleDeps {
  store: Pick<Store, "accounts" | "access">;
  secrets: Secrets;
  clock: Clock;
  random: Random;
  /** A token that whoever deploys has set; null: none. */
  preset: string | null;
}

/** Who comes in, by what, and who may do what. */
export const openPeople = async ({ store, secrets, clock, random, preset }: OpenPeopleDeps) => {
  const { accounts } = store;
  const endings = createEndings();
  const shared = { accounts, endings, clock, random };
  const signIn = createSignIn(shared);
  const challenges = createChallenges({ accounts, secrets, clock });
  const tokens = createTokens({ ...shared, preset });
  await tokens.endOldPreset();
  return {
    endings,
    signIn,
    passkeys: createPasskeys({ ...shared, signIn, challenges }),
    people: createPeople({ ...shared, signIn }),
    tokens,
    access: await openAccess({ ...shared, table: store.access }),
  };
};
