import { and, desc, eq, gt, gte, lt, lte, ne, or, sql } from "drizzle-orm";
import { type Accounts, type ApiToken, type HandOver, presetPrefix, type Session } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import { everything } from "#core/rights.ts";
import { auditTable } from "./audit.ts";
import { createKnownSecrets } from "./known-secrets.ts";
import { passkeyTable } from "./passkeys.ts";
import { peopleTable } from "./people.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { changed, exec, one, rows } from "./tx.ts";

/** The last use of a token is written at most this often, so that a program that polls does not write with every poll. */
const touchEveryMs = 60_000;

/** People, sessions, API tokens, the audit, and which session was handed which file. Of secrets only hashes. */
export const accountTables = (deps: SqlDeps): Accounts => {
  const { db, schema, tx } = deps;
  const { people, signInLinks, sessions, apiTokens, handOvers } = schema;
  const session = {
    id: sessions.id,
    personId: sessions.personId,
    userName: sessions.userName,
    tokenId: sessions.tokenId,
    passkeyId: sessions.passkeyId,
    device: sessions.device,
    place: sessions.place,
    createdAt: sessions.createdAt,
    lastSeenAt: sessions.lastSeenAt,
    expiresAt: sessions.expiresAt,
  };
  const token = {
    id: apiTokens.id,
    personId: apiTokens.personId,
    name: apiTokens.name,
    scope: apiTokens.scope,
    expiresAt: apiTokens.expiresAt,
    madeBy: apiTokens.madeBy,
    madeByToken: apiTokens.madeByToken,
    createdAt: apiTokens.createdAt,
    lastUsedAt: apiTokens.lastUsedAt,
  };
  const knownSessions = createKnownSecrets<Session>(deps.isShared);
  const knownTokens = createKnownSecrets<ApiToken>(deps.isShared);
  const forgetAll = () => {
    knownSessions.forget(null);
    knownTokens.forget(null);
  };
  const ofPerson = { role: people.role, personName: people.name, isNamedHere: people.isNamedHere };
  const withToken = {
    ...session,
    ...ofPerson,
    ofToken: { scope: apiTokens.scope, expiresAt: apiTokens.expiresAt },
  };
  const sessionOf = db
    .select(withToken)
    .from(sessions)
    .innerJoin(people, eq(people.id, sessions.personId))
    .leftJoin(apiTokens, eq(apiTokens.id, sessions.tokenId))
    .where(
      and(
        eq(sessions.secretHash, sql.placeholder("secretHash")),
        gt(sessions.expiresAt, sql.placeholder("now")),
      ),
    )
    .prepare();
  const withPerson = { ...token, ...ofPerson };
  const tokensByAge = db
    .select(withPerson)
    .from(apiTokens)
    .innerJoin(people, eq(people.id, apiTokens.personId))
    .where(gte(apiTokens.createdAt, 0))
    .orderBy(desc(apiTokens.createdAt))
    .prepare();
  const handedOver = ({ sessionId, runId, exportId }: HandOver) =>
    and(eq(handOvers.sessionId, sessionId), eq(handOvers.runId, runId), eq(handOvers.exportId, exportId));
  return {
    ...peopleTable(deps, forgetAll),
    ...passkeyTable(deps, forgetAll),
    addSession: (row, secretHash) =>
      tx.write(function* () {
        yield* exec(db.delete(sessions).where(lte(sessions.expiresAt, row.createdAt)));
        yield* exec(db.insert(sessions).values({ ...row, secretHash }));
      }),
    session: async (secretHash, now) => {
      const found = await knownSessions.of(secretHash, () =>
        tx.read(function* () {
          const row = yield* one(sessionOf, { secretHash, now });
          return row === null ? null : scoped(row);
        }),
      );
      return found !== null && found.expiresAt > now ? found : null;
    },
    touchSession: async (id, lastSeenAt, expiresAt) => {
      const touched = db.update(sessions).set({ lastSeenAt, expiresAt }).where(eq(sessions.id, id));
      await ifWritable(() => tx.write(() => exec(touched)), undefined);
      knownSessions.forget(id);
    },
    endSession: async (id) => {
      const ended = await tx.write(() =>
        one(
          db
            .delete(sessions)
            .where(eq(sessions.id, id))
            .returning({ ...session, idToken: sessions.idToken }),
        ),
      );
      knownSessions.forget(id);
      return ended;
    },
    sessions: (now) =>
      tx.read(function* () {
        const living = yield* rows(
          db
            .select(withToken)
            .from(sessions)
            .innerJoin(people, eq(people.id, sessions.personId))
            .leftJoin(apiTokens, eq(apiTokens.id, sessions.tokenId))
            .where(gt(sessions.expiresAt, now)),
        );
        return living
          .map(scoped)
          .filter(({ expiresAt }) => expiresAt > now)
          .sort((one, other) => other.lastSeenAt - one.lastSeenAt || (other.id < one.id ? -1 : 1));
      }),
    endSessions: async (but, personId) => {
      const other = or(lt(sessions.id, but ?? ""), gt(sessions.id, but ?? ""));
      const theirs = personId === null ? other : and(eq(sessions.personId, personId), other);
      const links = personId === null ? undefined : eq(signInLinks.personId, personId);
      const ended = await tx.write(function* () {
        yield* exec(db.delete(signInLinks).where(links));
        return yield* rows(db.delete(sessions).where(theirs).returning({ id: sessions.id }));
      });
      knownSessions.forget(null);
      return ended.map(({ id }) => id);
    },
    addToken: (row, secretHash) => tx.write(() => exec(db.insert(apiTokens).values({ ...row, secretHash }))),
    token: async (secretHash, now) => {
      const isIt = eq(apiTokens.secretHash, secretHash);
      const found = await knownTokens.of(secretHash, () =>
        tx.read(() =>
          one(
            db
              .select(withPerson)
              .from(apiTokens)
              .innerJoin(people, eq(people.id, apiTokens.personId))
              .where(isIt),
          ),
        ),
      );
      if (found === null || now - (found.lastUsedAt ?? 0) < touchEveryMs) return found;
      const used = db.update(apiTokens).set({ lastUsedAt: now }).where(isIt).returning(token);
      const touched = await ifWritable(() => tx.write(() => one(used)), found);
      knownTokens.forget(found.id);
      const { role, personName, isNamedHere } = found;
      return touched === null ? null : { ...touched, role, personName, isNamedHere };
    },
    tokens: () => tx.read(() => rows(tokensByAge)),
    renewToken: async (id, secretHash, becomes) => {
      const isIt = eq(apiTokens.id, id);
      const became = await tx.write(function* () {
        const has = and(isIt, eq(apiTokens.secretHash, secretHash));
        if ((yield* changed(db.update(apiTokens).set(becomes).where(has))) > 0) return "renewed" as const;
        const there = yield* one(db.select({ id: apiTokens.id }).from(apiTokens).where(isIt));
        return there === null ? "gone" : "other";
      });
      knownTokens.forget(id);
      return became;
    },
    removeToken: async (id) => {
      const removed = await tx.write(function* () {
        const ids = [id];
        // It grows while it is gone through: tokens made by tokens that were made by this one are found as well.
        for (const one of ids) {
          const made = db.select({ id: apiTokens.id }).from(apiTokens).where(eq(apiTokens.madeByToken, one));
          ids.push(...(yield* rows(made)).map((row) => row.id));
          yield* exec(db.delete(sessions).where(eq(sessions.tokenId, one)));
          yield* exec(db.delete(apiTokens).where(eq(apiTokens.id, one)));
        }
        return ids;
      });
      forgetAll();
      return removed;
    },
    endPresetSessions: async (but) => {
      const isOld = and(
        gte(sessions.tokenId, presetPrefix),
        lt(sessions.tokenId, `${presetPrefix}\u{10ffff}`),
        ne(sessions.tokenId, but ?? ""),
      );
      await tx.write(() => exec(db.delete(sessions).where(isOld)));
      knownSessions.forget(null);
    },
    ...auditTable({ db, schema, tx }),
    handOver: (what, at) =>
      tx.write(function* () {
        const first = db
          .insert(handOvers)
          .values({ ...what, at })
          .onConflictDoNothing()
          .returning();
        return (yield* one(first)) !== null;
      }),
    wasHandedOver: (what) =>
      tx.read(function* () {
        return (yield* one(db.select().from(handOvers).where(handedOver(what)))) !== null;
      }),
  };
};

/** A session may do what its token may, and lives no longer than that. */
const scoped = ({
  ofToken,
  ...session
}: Omit<Session, "scope"> & { ofToken: Pick<ApiToken, "scope" | "expiresAt"> | null }): Session => ({
  ...session,
  scope: ofToken?.scope ?? everything,
  expiresAt: Math.min(session.expiresAt, ofToken?.expiresAt ?? session.expiresAt),
});

/** Reading must go on when the disk is full or held by another program, and whoever reads has to be let in first. */
const ifWritable = async <T>(write: () => Promise<T>, otherwise: T): Promise<T> => {
  try {
    return await write();
  } catch (error) {
    if (error instanceof AppError && (error.code === "disk-full" || error.code === "store-busy"))
      return otherwise;
    throw error;
  }
};
