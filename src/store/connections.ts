import { asc, eq, gte } from "drizzle-orm";
import type { ConnectionTable } from "#core/store.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows } from "./tx.ts";

/** Connections with their secrets still sealed; the oldest first. */
export const connectionTable = ({ db, schema: { connections }, tx }: SqlDeps): ConnectionTable => ({
  list: (kind) =>
    tx.read(() =>
      rows(
        db
          .select()
          .from(connections)
          .where(kind === undefined ? gte(connections.createdAt, 0) : eq(connections.kind, kind))
          .orderBy(asc(connections.createdAt), asc(connections.id)),
      ),
    ),
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
});
