import type { Accounts } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { newId, type Random } from "#core/id.ts";
import { ownerId, type Person, type ProviderAccount, type Role } from "#core/people.ts";
import type { Secrets } from "#core/secrets.ts";
import type { Challenges } from "./challenges.ts";
import type { Whence } from "./device.ts";
import type { Endings } from "./endings.ts";
import type { Begun, Provider, Told } from "./provider.ts";
import { type GroupRoles, roleOfGroups } from "./role-of-groups.ts";
import type { SignIn } from "./sign-in.ts";

export interface SingleSignOnDeps {
  accounts: Accounts;
  signIn: Pick<SignIn, "openSession" | "endAll">;
  endings: Pick<Endings, "close">;
  challenges: Challenges;
  secrets: Secrets;
  provider: Provider;
  /** What people call the provider. */
  name: string;
  /** What members of its groups are here; null: only who is invited comes in. */
  groupRoles: GroupRoles | null;
  clock: Pick<Clock, "now">;
  random: Random;
}

/**
 * Signing in at a provider of OpenID Connect. In comes who was invited with an address that the provider has verified, and whoever is in a
 * group that makes them something here.
 */
export interface SingleSignOn {
  name: string;
  /** Where to send a browser, and what it has to bring along when it comes back. Throws AppError when the provider is away. */
  begin(back: URL): Promise<{ address: URL; kept: string }>;
  /** The secret of a new session. Throws AppError with the reason why there is none; `at` is the whole address of the return. */
  finish(at: URL, kept: string, whence: Whence): Promise<string>;
  /** Where a browser signs out at the provider, too; null: nowhere. */
  leave(idToken: string, back: URL): Promise<URL | null>;
}

const purpose = "sign in elsewhere";
const idTokenOwner = "id token";

export const createSingleSignOn = ({
  accounts,
  signIn,
  endings,
  challenges,
  secrets,
  provider,
  name,
  groupRoles,
  clock,
  random,
}: SingleSignOnDeps): SingleSignOn => {
  const by: Actor = { kind: "system", id: null, name };
  const audit = (did: string, target: string) => accounts.audit({ at: clock.now(), by, did, target });
  const personOf = async (id: string | undefined) =>
    (await accounts.people()).find((person) => person.id === id) ?? null;

  /** Who it is that comes, and how they came to be let in. */
  const find = async (told: Told): Promise<{ person: Person; cameBy: ProviderAccount["cameBy"] }> => {
    const account = await accounts.providerAccount(told.issuer, told.subject);
    const known = await personOf(account?.personId);
    if (account !== null && known !== null) return { person: known, cameBy: account.cameBy };
    const invited = told.email === null ? null : await invitedAs(told.email);
    if (invited !== null) {
      await assertIsTheirs(invited, told);
      return { person: invited, cameBy: "invitation" };
    }
    if (account !== null)
      throw refused("You were removed from this Milepost. Whoever runs it can invite you again.");
    const role = mapped(told);
    if (role === null) throw notInvited(told);
    return { person: await welcome(told, role), cameBy: "group" };
  };

  const assertIsTheirs = async ({ id }: Person, { email, isVerified }: Told) => {
    if (!isVerified)
      throw refused(
        `${name} does not say that ${email} is verified, so it is not known whether you are who was invited.`,
      );
    if (await accounts.hasProviderAccount(id))
      throw refused(
        `Somebody else at ${name} signs in with ${email} here. Whoever runs this Milepost can take that address away under People and give it anew.`,
      );
  };
  const invitedAs = async (email: string) =>
    (await accounts.people()).find((person) => person.email === email) ?? null;
  const mapped = ({ groups }: Told): Role | null =>
    groupRoles === null ? null : roleOfGroups(groups, groupRoles);
  const notInvited = ({ email }: Told) =>
    refused(
      groupRoles === null
        ? `Nobody invited ${email ?? "you"} to this Milepost. Whoever runs it can do that under People.`
        : `Nobody invited ${email ?? "you"} to this Milepost, and none of your groups at ${name} lets you in.`,
    );

  const welcome = async (told: Told, role: Role): Promise<Person> => {
    const now = clock.now();
    const id = newId(now, random);
    const wanted = told.name ?? "Somebody";
    for (let n = 1; ; n += 1) {
      const person: Person = {
        id,
        name: n === 1 ? wanted : `${wanted.slice(0, 50)} (${n})`,
        // An address that is not verified would let somebody else take this place.
        email: null,
        role,
        roleBefore: null,
        createdAt: now,
        joinedAt: null,
      };
      try {
        await accounts.addPerson(person, "provider");
        await audit(`let in as ${role}, by group`, person.name);
        return person;
      } catch (thrown) {
        if (!(thrown instanceof AppError) || thrown.field !== "name" || n === mostNamesakes) throw thrown;
      }
    }
  };

  /** Their groups may have changed since they came last. */
  const bringUpToDate = async (told: Told, person: Person, cameBy: ProviderAccount["cameBy"]) => {
    if (person.id === ownerId) return;
    const role = mapped(told);
    if (role === null && cameBy === "group") {
      await signIn.endAll(null, by, person.id);
      throw refused(`None of your groups at ${name} lets you into this Milepost any more.`);
    }
    const becomes = role ?? person.roleBefore ?? person.role;
    const roleBefore = role === null ? null : cameBy === "group" ? null : (person.roleBefore ?? person.role);
    if (becomes === person.role && roleBefore === person.roleBefore) return;
    await accounts.changePerson(person.id, { role: becomes, roleBefore });
    if (becomes === person.role) return;
    endings.close(person.id);
    await audit(`made, by their groups, ${becomes} of`, person.name);
  };

  return {
    name,
    begin: async (back) => {
      const { address, begun } = await provider.begin(back);
      return { address, kept: challenges.make(purpose, JSON.stringify({ ...begun, back: back.href })) };
    },
    finish: async (at, kept, whence) => {
      const read = challenges.read(kept, purpose);
      if (read === null)
        throw refused("This sign-in was begun in another browser, or too long ago. Begin it again.");
      const begun = JSON.parse(read) as Begun & { back: string };
      const told = await provider.finish(new URL(at.search, begun.back), begun);
      if (!(await challenges.spend(kept))) throw refused("This sign-in was finished before. Begin it again.");
      const { person, cameBy } = await find(told);
      const { issuer, subject } = told;
      await accounts.putProviderAccount({ issuer, subject, personId: person.id, cameBy }, clock.now());
      await bringUpToDate(told, person, cameBy);
      const idToken = secrets.seal(told.idToken, idTokenOwner);
      return signIn.openSession({ personId: person.id, name: person.name, tokenId: null, idToken }, whence);
    },
    leave: async (idToken, back) => provider.leave(secrets.open(idToken, idTokenOwner), back),
  };
};

const mostNamesakes = 50;

const refused = (sentence: string): AppError => new AppError("forbidden", sentence);
