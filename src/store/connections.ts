import { asc, eq, gte, sql } from "drizzle-orm";
import type { ConnectionTable } from "#core/store.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows } from "./tx.ts";

/** Connections with their secrets still sealed; the oldest first. */
export const connectionTable = ({ db, schema: { connections }, tx }: SqlDeps): ConnectionTable => {
  const oldestFirst = [asc(connections.createdAt), asc(connections.id)];
  const all = db
    .select()
    .from(connections)
    .where(gte(connections.createdAt, 0))
    .orderBy(...oldestFirst)
    .prepare();
  // Whoever listens for messages looks every few seconds.
  const ofKind = db
    .select()
    .from(connections)
    .where(eq(connections.kind, sql.placeholder("kind")))
    .orderBy(...oldestFirst)
    .prepare();
  return {
    list: (kind) => tx.read(() => (kind === undefined ? rows(all) : rows(ofKind, { kind }))),
    get: (id) => tx.read(() => one(db.select().from(connections).where(eq(connections.id, id)))),
    put: (connection) =>
      tx.write(() =>
        exec(
          db
            .insert(connections)
            .values(connection)
            .onConflictDoUpdate({ target: connections.id, set: connection }),
        ),
      ),
    setTest: (id, lastTest) =>
      tx.write(() => exec(db.update(connections).set({ lastTest }).where(eq(connections.id, id)))),
    remove: (id) => tx.write(() => exec(db.delete(connections).where(eq(connections.id, id)))),
  };
};
