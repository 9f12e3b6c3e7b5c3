import type { Accounts } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { newId, type Random } from "#core/id.ts";
import { ownerId, type Person, type Role, roles } from "#core/people.ts";
import { checkedName } from "./checked-name.ts";
import type { Endings } from "./endings.ts";
import type { SignIn } from "./sign-in.ts";

/** An invitation can be taken this long. */
export const invitationTtlMs = 7 * 24 * 3_600_000;

/** What an admin says of somebody. */
export interface Asked {
  name: string;
  role: string;
  /** Empty: none. Left out: as it is. */
  email?: string;
}

export interface PeopleDeps {
  accounts: Pick<Accounts, "addPerson" | "people" | "changePerson" | "removePerson" | "audit">;
  signIn: Pick<SignIn, "newLink">;
  endings: Pick<Endings, "tell" | "close">;
  clock: Pick<Clock, "now">;
  random: Random;
}

/** Who is here. What is said of them takes effect with the next request, and on what is open at once. */
export interface People {
  list(): Promise<Person[]>;
  /** Throws AppError("not-found"). */
  get(id: string): Promise<Person>;
  /** With the secret of the link that lets them in once. Throws AppError("bad-input", …, { field }). */
  invite(asked: Asked, by: Actor): Promise<{ person: Person; link: string }>;
  /** The secret of another such link. */
  linkFor(id: string, by: Actor): Promise<{ person: Person; link: string }>;
  /** Throws AppError("not-allowed-now") for another role of the owner. */
  change(id: string, asked: Asked, by: Actor): Promise<void>;
  /** Ends all that they have. Throws AppError("not-allowed-now") for the owner. */
  remove(id: string, by: Actor): Promise<void>;
}

export const createPeople = ({ accounts, signIn, endings, clock, random }: PeopleDeps): People => {
  const audit = (by: Actor, did: string, target: string) =>
    accounts.audit({ at: clock.now(), by, did, target });
  const get = async (id: string) => {
    const person = (await accounts.people()).find((one) => one.id === id);
    if (person === undefined)
      throw new AppError("not-found", "There is no such person; they may have been removed.");
    return person;
  };
  const linkFor = async (person: Person) => ({
    person,
    link: await signIn.newLink(invitationTtlMs, person.id),
  });
  return {
    list: () => accounts.people(),
    get,
    invite: async ({ name, email, role }, by) => {
      const now = clock.now();
      const person = {
        id: newId(now, random),
        name: checkedName(name),
        email: checkedEmail(email),
        role: checkedRole(role),
        roleBefore: null,
        createdAt: now,
        joinedAt: null,
      };
      await accounts.addPerson(person);
      await audit(by, `invited somebody as ${person.role}`, person.name);
      return linkFor(person);
    },
    linkFor: async (id, by) => {
      const made = await linkFor(await get(id));
      await audit(by, "made a sign-in link for", made.person.name);
      return made;
    },
    change: async (id, asked, by) => {
      const before = await get(id);
      const email = asked.email === undefined ? before.email : checkedEmail(asked.email);
      const change = {
        name: checkedName(asked.name),
        role: checkedRole(asked.role),
        ...(email === before.email ? {} : { email }),
      };
      if (id === ownerId && change.role !== "admin")
        throw new AppError("not-allowed-now", "Who owns this server may do everything, whatever happens.");
      if (change.name === before.name && change.role === before.role && email === before.email) return;
      // What an admin says of somebody is no group's doing any more.
      const roleBefore = change.role === before.role ? before.roleBefore : null;
      await accounts.changePerson(id, { ...change, roleBefore });
      endings.close(id);
      if (email !== before.email)
        await audit(by, `said that ${change.name} signs in elsewhere as`, email ?? "nobody");
      if (change.name !== before.name) await audit(by, `renamed ${before.name} to`, change.name);
      if (change.role !== before.role) await audit(by, `made ${article(change.role)} of`, change.name);
    },
    remove: async (id, by) => {
      const { name } = await get(id);
      if (id === ownerId)
        throw new AppError("not-allowed-now", "Who owns this server cannot be removed from it.");
      endings.tell((await accounts.removePerson(id, clock.now())) ?? []);
      endings.close(id);
      await audit(by, "removed", name);
    },
  };
};

const article = (role: Role): string => (role === "viewer" ? "a viewer" : `an ${role}`);

/** Addresses are compared without regard to case, as every provider does. */
const checkedEmail = (given = ""): string | null => {
  const email = given.trim().toLowerCase();
  if (email === "") return null;
  if (/^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 254 && !/\p{C}/u.test(email)) return email;
  throw new AppError("bad-input", "An e-mail address is a name, an @ and a host, without blanks.", {
    field: "email",
  });
};

const checkedRole = (given: string): Role => {
  const role = roles.find((one) => one === given);
  if (role === undefined) throw new AppError("bad-input", "Choose what they may do here.", { field: "role" });
  return role;
};
