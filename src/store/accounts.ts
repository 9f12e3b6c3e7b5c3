import { and, desc, eq, gt, lt } from "drizzle-orm";
import type { Accounts } from "#core/accounts.ts";
import type { Db } from "#store/sqlite/driver.ts";
import type { Schema } from "./schema.ts";
import { exec, one, type RunTx, rows } from "./tx.ts";

/** Sign-in links, sessions, API tokens, the audit, and which session was handed which file. Of secrets only hashes. */
export const accountTables = (db: Db, schema: Schema, tx: RunTx): Accounts => {
  const { signInLinks, sessions, apiTokens, audit, handOvers } = schema;
  const session = {
    id: sessions.id,
    userName: sessions.userName,
    createdAt: sessions.createdAt,
    lastSeenAt: sessions.lastSeenAt,
    expiresAt: sessions.expiresAt,
  };
  const token = {
    id: apiTokens.id,
    name: apiTokens.name,
    createdAt: apiTokens.createdAt,
    lastUsedAt: apiTokens.lastUsedAt,
  };
  const handedOver = (sessionId: string, exportId: string) =>
    and(eq(handOvers.sessionId, sessionId), eq(handOvers.exportId, exportId));
  return {
    addSignInLink: (secretHash, expiresAt) =>
      tx(() => exec(db.insert(signInLinks).values({ secretHash, expiresAt }))),
    useSignInLink: (secretHash, now) =>
      tx(function* () {
        yield* exec(db.delete(signInLinks).where(lt(signInLinks.expiresAt, now)));
        const used = yield* one(
          db.delete(signInLinks).where(eq(signInLinks.secretHash, secretHash)).returning(),
        );
        return used !== null;
      }),
    addSession: (row, secretHash) => tx(() => exec(db.insert(sessions).values({ ...row, secretHash }))),
    session: (secretHash, now) =>
      tx(() =>
        one(
          db
            .select(session)
            .from(sessions)
            .where(and(eq(sessions.secretHash, secretHash), gt(sessions.expiresAt, now))),
        ),
      ),
    touchSession: (id, lastSeenAt, expiresAt) =>
      tx(() => exec(db.update(sessions).set({ lastSeenAt, expiresAt }).where(eq(sessions.id, id)))),
    endSession: (id) => tx(() => exec(db.delete(sessions).where(eq(sessions.id, id)))),
    addToken: (row, secretHash) => tx(() => exec(db.insert(apiTokens).values({ ...row, secretHash }))),
    token: (secretHash, now) =>
      tx(function* () {
        const used = db
          .update(apiTokens)
          .set({ lastUsedAt: now })
          .where(eq(apiTokens.secretHash, secretHash))
          .returning(token);
        return yield* one(used);
      }),
    tokens: () => tx(() => rows(db.select(token).from(apiTokens).orderBy(desc(apiTokens.createdAt)))),
    removeToken: (id) => tx(() => exec(db.delete(apiTokens).where(eq(apiTokens.id, id)))),
    audit: (entry) => tx(() => exec(db.insert(audit).values(entry))),
    audits: (limit) =>
      tx(function* () {
        const entries = yield* rows(db.select().from(audit).orderBy(desc(audit.id)).limit(limit));
        return entries.map(({ at, by, did, target }) => ({ at, by, did, target }));
      }),
    handOver: (sessionId, exportId, at) =>
      tx(function* () {
        const first = db
          .insert(handOvers)
          .values({ sessionId, exportId, at })
          .onConflictDoNothing()
          .returning();
        return (yield* one(first)) !== null;
      }),
    wasHandedOver: (sessionId, exportId) =>
      tx(function* () {
        return (yield* one(db.select().from(handOvers).where(handedOver(sessionId, exportId)))) !== null;
      }),
  };
};
