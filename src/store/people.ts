import { and, eq, gte, isNull, lte } from "drizzle-orm";
import type { Accounts, PeopleTable } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import type { Person, ProviderAccount } from "#core/people.ts";
import type { Schema } from "./schema.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows } from "./tx.ts";

type People = PeopleTable & Pick<Accounts, "addSignInLink" | "useSignInLink">;

/** People and the links that let them in. `forget` is called after each commit that changes what somebody may do. */
export const peopleTable = (
  {
    db,
    schema: {
      people,
      signInLinks,
      sessions,
      apiTokens,
      passkeys,
      providerAccounts,
      shares,
      channels,
      deliveries,
      preferences,
    },
    tx,
  }: SqlDeps,
  forget: () => void,
): People => {
  const person = personColumns(people);
  const isThere = (id: string) => and(eq(people.id, id), isNull(people.removedAt));
  function* assertFree({ name, email }: Partial<Pick<Person, "name" | "email">>, id: string) {
    if (typeof email === "string") {
      const theirs = yield* one(db.select({ id: people.id }).from(people).where(eq(people.email, email)));
      if (theirs !== null && theirs.id !== id)
        throw new AppError(
          "bad-input",
          `Somebody here has the address ${email} already. Give another one, or leave it empty.`,
          {
            field: "email",
          },
        );
    }
    if (name === undefined) return;
    const taken = yield* one(
      db
        .select({ id: people.id })
        .from(people)
        .where(eq(people.nameKey, keyOf(name))),
    );
    if (taken === null || taken.id === id) return;
    throw new AppError(
      "bad-input",
      `Somebody here is, or was, called “${name}” already. Choose another name, so that nobody is taken for somebody else.`,
      { field: "name" },
    );
  }
  const isAccount = ({ issuer, subject }: Pick<ProviderAccount, "issuer" | "subject">) =>
    and(eq(providerAccounts.issuer, issuer), eq(providerAccounts.subject, subject));
  function* join(id: string, now: number) {
    const joined: Person | null = yield* one(db.select(person).from(people).where(isThere(id)));
    if (joined === null || joined.joinedAt !== null) return joined;
    return yield* one(db.update(people).set({ joinedAt: now }).where(isThere(id)).returning(person));
  }
  return {
    addPerson: (row, namedBy) =>
      tx.write(function* () {
        yield* assertFree(row, row.id);
        const named = { nameKey: keyOf(row.name), isNamedHere: namedBy === undefined };
        yield* exec(db.insert(people).values({ ...row, ...named }));
      }),
    people: () =>
      tx.read(() =>
        rows(
          db
            .select(person)
            .from(people)
            .where(and(gte(people.createdAt, 0), isNull(people.removedAt)))
            .orderBy(people.createdAt, people.id),
        ),
      ),
    changePerson: async (id, change) => {
      const changed = await tx.write(function* () {
        const { name } = change;
        yield* assertFree(change, id);
        // An address says who they are there: with another one they come anew.
        if (change.email !== undefined)
          yield* exec(db.delete(providerAccounts).where(eq(providerAccounts.personId, id)));
        const before = yield* one(db.select({ name: people.name }).from(people).where(isThere(id)));
        const named =
          name === undefined || name === before?.name ? {} : { nameKey: keyOf(name), isNamedHere: true };
        const set = { ...change, ...named };
        const row = yield* one(db.update(people).set(set).where(isThere(id)).returning(person));
        if (row !== null && name !== undefined)
          yield* exec(
            db
              .update(sessions)
              .set({ userName: name })
              .where(and(eq(sessions.personId, id), isNull(sessions.tokenId))),
          );
        return row;
      });
      forget();
      return changed;
    },
    removePerson: async (id, removedAt) => {
      const ended = await tx.write(function* () {
        const row = yield* one(
          db.update(people).set({ removedAt, email: null }).where(isThere(id)).returning({ id: people.id }),
        );
        if (row === null) return null;
        yield* exec(db.delete(signInLinks).where(eq(signInLinks.personId, id)));
        yield* exec(db.delete(passkeys).where(eq(passkeys.personId, id)));
        const theirs = yield* rows(
          db.delete(sessions).where(eq(sessions.personId, id)).returning({ id: sessions.id }),
        );
        const tokens = yield* rows(
          db.delete(apiTokens).where(eq(apiTokens.personId, id)).returning({ id: apiTokens.id }),
        );
        const links = yield* rows(
          db.delete(shares).where(eq(shares.personId, id)).returning({ id: shares.id }),
        );
        yield* exec(db.delete(deliveries).where(eq(deliveries.personId, id)));
        yield* exec(db.delete(channels).where(eq(channels.personId, id)));
        yield* exec(db.delete(preferences).where(eq(preferences.personId, id)));
        return [...theirs, ...tokens, ...links].map((one) => one.id);
      });
      forget();
      return ended;
    },
    addSignInLink: (secretHash, personId, expiresAt) =>
      tx.write(() => exec(db.insert(signInLinks).values({ secretHash, personId, expiresAt }))),
    useSignInLink: (secretHash, now) =>
      tx.write(function* () {
        yield* exec(db.delete(signInLinks).where(lte(signInLinks.expiresAt, now)));
        const link = yield* one(
          db.delete(signInLinks).where(eq(signInLinks.secretHash, secretHash)).returning(),
        );
        if (link === null) return null;
        return yield* join(link.personId, now);
      }),
    hasProviderAccount: (personId) =>
      tx.read(function* () {
        const found = db
          .select()
          .from(providerAccounts)
          .where(eq(providerAccounts.personId, personId))
          .limit(1);
        return (yield* one(found)) !== null;
      }),
    providerAccount: (issuer, subject) =>
      tx.read(() => one(db.select().from(providerAccounts).where(isAccount({ issuer, subject })))),
    putProviderAccount: (account, now) =>
      tx.write(function* () {
        yield* exec(db.delete(providerAccounts).where(isAccount(account)));
        yield* exec(db.insert(providerAccounts).values(account));
        yield* join(account.personId, now);
      }),
  };
};

/** What is told of a person. */
export const personColumns = ({
  id,
  name,
  email,
  role,
  roleBefore,
  createdAt,
  joinedAt,
}: Schema["people"]) => ({
  id,
  name,
  email,
  role,
  roleBefore,
  createdAt,
  joinedAt,
});

/** Names that look the same are the same. */
const keyOf = (name: string): string => name.normalize("NFKC").toLowerCase().replace(/\s+/g, " ");
