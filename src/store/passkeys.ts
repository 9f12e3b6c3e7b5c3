import { and, eq, gte, isNull, lte } from "drizzle-orm";
import { AppError } from "#core/errors.ts";
import type { PasskeyTable } from "#core/passkey.ts";
import { personColumns } from "./people.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows } from "./tx.ts";

/** Passkeys, and what is good only once. `forget` is called after each commit that ends sessions. */
export const passkeyTable = (
  { db, schema: { passkeys, people, sessions, spent }, tx }: SqlDeps,
  forget: () => void,
): PasskeyTable => {
  const isIt = (id: string) => eq(passkeys.id, id);
  return {
    addPasskey: (row) =>
      tx.write(function* () {
        const added = yield* one(
          db.insert(passkeys).values(row).onConflictDoNothing().returning({ id: passkeys.id }),
        );
        if (added === null) throw new AppError("conflict", "This passkey is known here already.");
      }),
    passkeys: (personId) =>
      tx.read(() =>
        rows(
          db
            .select()
            .from(passkeys)
            .where(personId === null ? gte(passkeys.createdAt, 0) : eq(passkeys.personId, personId))
            .orderBy(passkeys.createdAt),
        ),
      ),
    passkey: (id) => tx.read(() => one(db.select().from(passkeys).where(isIt(id)))),
    hasPasskeys: (host) =>
      tx.read(function* () {
        const found = db.select({ id: passkeys.id }).from(passkeys).where(eq(passkeys.host, host)).limit(1);
        return (yield* one(found)) !== null;
      }),
    usePasskey: (id, counter, lastUsedAt) =>
      tx.write(function* () {
        const known = yield* one(db.select().from(passkeys).where(isIt(id)));
        // A device that does not count says 0 for ever (WebAuthn, section 7.2, step 22).
        if (known === null || (counter <= known.counter && counter + known.counter > 0)) return null;
        yield* exec(db.update(passkeys).set({ counter, lastUsedAt }).where(isIt(id)));
        const isTheirs = and(eq(people.id, known.personId), isNull(people.removedAt));
        return yield* one(db.select(personColumns(people)).from(people).where(isTheirs));
      }),
    removePasskey: async (id) => {
      const ended = await tx.write(function* () {
        const removed = yield* one(db.delete(passkeys).where(isIt(id)).returning({ id: passkeys.id }));
        if (removed === null) return null;
        return yield* rows(
          db.delete(sessions).where(eq(sessions.passkeyId, id)).returning({ id: sessions.id }),
        );
      });
      forget();
      return ended?.map((session) => session.id) ?? null;
    },
    spend: (hash, expiresAt, now) =>
      tx.write(function* () {
        yield* exec(db.delete(spent).where(lte(spent.expiresAt, now)));
        const first = db.insert(spent).values({ hash, expiresAt }).onConflictDoNothing().returning();
        return expiresAt > now && (yield* one(first)) !== null;
      }),
  };
};
