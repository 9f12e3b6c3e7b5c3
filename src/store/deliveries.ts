import { and, asc, desc, eq, gt, gte, inArray, isNotNull, lt, lte, notInArray } from "drizzle-orm";
import type { Delivery, NewDelivery, NotifyTable } from "#core/notify.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { changed, exec, one, rows } from "./tx.ts";

type OfDeliveries =
  | "notices"
  | "spread"
  | "due"
  | "nextDue"
  | "changeDelivery"
  | "hold"
  | "held"
  | "delivery"
  | "deliveryShown"
  | "deliveriesOf"
  | "onTheirWay"
  | "following"
  | "deliveries"
  | "forgetDeliveries";

const asNew = (made: NewDelivery): Delivery => ({
  ...made,
  state: "waiting",
  attempts: 0,
  remote: null,
  shown: null,
  sentAt: null,
});

/** What is to be told, and what became of it. */
export const deliveryTable = ({ db, schema, tx }: SqlDeps): Pick<NotifyTable, OfDeliveries> => {
  const { notices, deliveries } = schema;
  const isFree = (busy: readonly string[]) =>
    busy.length === 0 ? undefined : notInArray(deliveries.channelId, [...busy]);
  // What is held is due by its digest; without one it is as settled as that.
  const settled = ["sent", "held", "failed", "dropped"] as const;
  return {
    // Said of their age and ids, so that a database takes its index and not the whole table.
    notices: (limit) =>
      tx.read(() =>
        rows(
          db
            .select()
            .from(notices)
            .where(gte(notices.at, 0))
            .orderBy(asc(notices.at), asc(notices.runId), asc(notices.n))
            .limit(limit),
        ),
      ),
    spread: (told, made, due) =>
      tx.write(function* () {
        for (const { runId, n } of told)
          yield* exec(db.delete(notices).where(and(eq(notices.runId, runId), eq(notices.n, n))));
        for (const one of made) yield* exec(db.insert(deliveries).values(asNew(one)).onConflictDoNothing());
        for (const { id, nextAt } of due) {
          const isIdle = inArray(deliveries.state, ["sent", "waiting"]);
          yield* exec(
            db
              .update(deliveries)
              .set({ nextAt })
              .where(and(eq(deliveries.id, id), isIdle)),
          );
        }
      }),

    due: (now, busy, limit) =>
      tx.read(() =>
        rows(
          db
            .select()
            .from(deliveries)
            .where(and(isNotNull(deliveries.nextAt), lte(deliveries.nextAt, now), isFree(busy)))
            .orderBy(asc(deliveries.nextAt), asc(deliveries.id))
            .limit(limit),
        ),
      ),
    nextDue: (busy) =>
      tx.read(function* () {
        const row = yield* one(
          db
            .select({ nextAt: deliveries.nextAt })
            .from(deliveries)
            .where(and(isNotNull(deliveries.nextAt), isFree(busy)))
            .orderBy(asc(deliveries.nextAt))
            .limit(1),
        );
        return row?.nextAt ?? null;
      }),
    changeDelivery: (id, was, patch, held = []) =>
      tx.write(function* () {
        const isStill = and(eq(deliveries.id, id), eq(deliveries.state, was));
        if ((yield* changed(db.update(deliveries).set(patch).where(isStill))) === 0) return false;
        for (const one of held)
          for (const heldId of one.ids) {
            const isHeld = and(eq(deliveries.id, heldId), eq(deliveries.state, "held"));
            yield* exec(db.update(deliveries).set(one.patch).where(isHeld));
          }
        return true;
      }),
    hold: (id, because, digest) =>
      tx.write(function* () {
        const waits = and(eq(deliveries.id, id), eq(deliveries.state, "waiting"));
        const held = { state: "held", nextAt: null, because } as const;
        if ((yield* changed(db.update(deliveries).set(held).where(waits))) === 0) return false;
        const there = yield* one(
          db
            .select({ id: deliveries.id, nextAt: deliveries.nextAt })
            .from(deliveries)
            .where(
              and(
                eq(deliveries.state, "waiting"),
                eq(deliveries.kind, "digest"),
                eq(deliveries.channelId, digest.channelId),
              ),
            )
            .orderBy(asc(deliveries.id))
            .limit(1),
        );
        if (there === null) yield* exec(db.insert(deliveries).values(asNew(digest)).onConflictDoNothing());
        else if (digest.nextAt !== null && (there.nextAt ?? 0) > digest.nextAt)
          yield* exec(
            db.update(deliveries).set({ nextAt: digest.nextAt }).where(eq(deliveries.id, there.id)),
          );
        return true;
      }),
    held: (channelId, after, limit) =>
      tx.read(() =>
        rows(
          db
            .select()
            .from(deliveries)
            .where(
              and(
                eq(deliveries.state, "held"),
                eq(deliveries.channelId, channelId),
                gt(deliveries.id, after),
              ),
            )
            .orderBy(asc(deliveries.id))
            .limit(limit),
        ),
      ),
    delivery: (id) => tx.read(() => one(db.select().from(deliveries).where(eq(deliveries.id, id)))),
    deliveryShown: (channelId, remote) =>
      tx.read(() =>
        one(
          db
            .select()
            .from(deliveries)
            .where(and(eq(deliveries.channelId, channelId), eq(deliveries.remote, remote)))
            .orderBy(desc(deliveries.id))
            .limit(1),
        ),
      ),
    deliveriesOf: (runId) =>
      tx.read(() =>
        rows(db.select().from(deliveries).where(eq(deliveries.runId, runId)).orderBy(asc(deliveries.id))),
      ),
    onTheirWay: (limit) =>
      tx.read(() =>
        rows(
          db
            .select()
            .from(deliveries)
            .where(eq(deliveries.state, "sending"))
            .orderBy(asc(deliveries.id))
            .limit(limit),
        ),
      ),
    following: (limit) =>
      tx.read(() =>
        rows(
          db
            .select()
            .from(deliveries)
            .where(
              and(eq(deliveries.state, "sent"), eq(deliveries.kind, "live"), isNotNull(deliveries.remote)),
            )
            .orderBy(desc(deliveries.id))
            .limit(limit),
        ),
      ),
    deliveries: ({ personId, state, before, limit }) =>
      tx.read(() =>
        rows(
          db
            .select()
            .from(deliveries)
            .where(
              and(
                personId === null ? undefined : eq(deliveries.personId, personId),
                state === undefined ? undefined : eq(deliveries.state, state),
                before === undefined ? gte(deliveries.id, "") : lt(deliveries.id, before),
              ),
            )
            .orderBy(desc(deliveries.id))
            .limit(limit),
        ),
      ),
    forgetDeliveries: (before, limit) =>
      tx.write(function* () {
        const old = yield* rows(
          db
            .select({ id: deliveries.id, state: deliveries.state, nextAt: deliveries.nextAt })
            .from(deliveries)
            .where(lt(deliveries.id, before))
            .orderBy(asc(deliveries.id))
            .limit(limit),
        );
        const gone = old.flatMap(({ id, state, nextAt }) =>
          nextAt === null && (settled as readonly string[]).includes(state) ? [id] : [],
        );
        if (gone.length > 0) yield* exec(db.delete(deliveries).where(inArray(deliveries.id, gone)));
        return gone.length;
      }),
  };
};
