import { asc, eq } from "drizzle-orm";
import type { ConnectionTable } from "#core/store.ts";
import type { Db } from "#store/sqlite/driver.ts";
import type { Schema } from "./schema.ts";
import { exec, one, type RunTx, rows } from "./tx.ts";

/** Connections with their secrets still sealed; the oldest first. */
export const connectionTable = (db: Db, { connections }: Schema, tx: RunTx): ConnectionTable => ({
  list: (kind) =>
    tx(() =>
      rows(
        db
          .select()
          .from(connections)
          .where(kind === undefined ? undefined : eq(connections.kind, kind))
          .orderBy(asc(connections.createdAt), asc(connections.id)),
      ),
    ),
  get: (id) => tx(() => one(db.select().from(connections).where(eq(connections.id, id)))),
  put: (connection) =>
    tx(() =>
      exec(
        db
          .insert(connections)
          .values(connection)
          .onConflictDoUpdate({ target: connections.id, set: connection }),
      ),
    ),
  setTest: (id, lastTest) =>
    tx(() => exec(db.update(connections).set({ lastTest }).where(eq(connections.id, id)))),
  remove: (id) => tx(() => exec(db.delete(connections).where(eq(connections.id, id)))),
});
