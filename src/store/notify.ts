import { and, asc, eq, gte } from "drizzle-orm";
import { AppError } from "#core/errors.ts";
import type { NotifyTable } from "#core/notify.ts";
import { deliveryTable } from "./deliveries.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows } from "./tx.ts";

const pushKeysName = "push keys";

/** How people are reached and what they are told. Channels are few, so that all are read at once. */
export const notifyTable = (deps: SqlDeps): NotifyTable => {
  const { db, schema, tx } = deps;
  const { channels, deliveries, preferences, bells, settings } = schema;
  return {
    channels: () =>
      tx.read(() => rows(db.select().from(channels).where(gte(channels.id, "")).orderBy(asc(channels.id)))),
    channel: (id) => tx.read(() => one(db.select().from(channels).where(eq(channels.id, id)))),
    putChannel: (channel) =>
      tx.write(function* () {
        const { id, kind, account } = channel;
        const other =
          account === null
            ? null
            : yield* one(
                db
                  .select({ id: channels.id })
                  .from(channels)
                  .where(and(eq(channels.kind, kind), eq(channels.account, account))),
              );
        if (other !== null && other.id !== id)
          throw new AppError(
            "conflict",
            "This account is linked to somebody already. Unlink it there first.",
          );
        yield* exec(db.delete(channels).where(eq(channels.id, id)));
        yield* exec(db.insert(channels).values(channel));
      }),
    removeChannel: (id) =>
      tx.write(function* () {
        yield* exec(db.delete(deliveries).where(eq(deliveries.channelId, id)));
        yield* exec(db.delete(channels).where(eq(channels.id, id)));
      }),

    preferences: (personId) =>
      tx.read(function* () {
        const row = yield* one(db.select().from(preferences).where(eq(preferences.personId, personId)));
        return row?.said ?? null;
      }),
    putPreferences: (personId, said) =>
      tx.write(() =>
        exec(
          db
            .insert(preferences)
            .values({ personId, said })
            .onConflictDoUpdate({ target: preferences.personId, set: { said } }),
        ),
      ),
    bells: (runId) =>
      tx.read(() =>
        rows(
          db
            .select({ personId: bells.personId, rings: bells.rings })
            .from(bells)
            .where(eq(bells.runId, runId)),
        ),
      ),
    putBell: (runId, personId, rings) =>
      tx.write(function* () {
        yield* exec(db.delete(bells).where(and(eq(bells.runId, runId), eq(bells.personId, personId))));
        if (rings !== null) yield* exec(db.insert(bells).values({ runId, personId, rings }));
      }),

    pushKeys: () =>
      tx.read(function* () {
        const row = yield* one(db.select().from(settings).where(eq(settings.name, pushKeysName)));
        return row === null ? null : String(row.value);
      }),
    putPushKeys: (sealed) =>
      tx.write(function* () {
        yield* exec(db.insert(settings).values({ name: pushKeysName, value: sealed }).onConflictDoNothing());
        const row = yield* one(db.select().from(settings).where(eq(settings.name, pushKeysName)));
        return String(row?.value);
      }),
    ...deliveryTable(deps),
  };
};
