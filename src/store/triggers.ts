import { and, asc, eq, gte } from "drizzle-orm";
import { AlreadyStarted } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import {
  type FiringSeen,
  mostTriggers,
  type Trigger,
  type TriggerPatch,
  type TriggerTable,
  type When,
} from "#core/trigger.ts";
import { type FiringStatements, fire, toFiring } from "./firings.ts";
import type { Schema } from "./schema.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { changed, exec, one, rows } from "./tx.ts";

/** What starts runs by itself: never more than `mostTriggers`, so that all are read at once. */
export const triggerTable = (
  { db, schema: { triggers, firings }, tx }: SqlDeps,
  f: FiringStatements,
): TriggerTable => {
  const named = (name: string) =>
    db.select({ id: triggers.id }).from(triggers).where(eq(triggers.name, name));
  function* assertFree(name: string, id: string) {
    const other = yield* one(named(name));
    if (other !== null && other.id !== id)
      throw new AppError("bad-input", `There is another one with the name “${name}”. Choose another name.`, {
        field: "name",
      });
  }
  // Said of the name, so that a database takes its index and not the whole table.
  const any = gte(triggers.name, "");
  return {
    list: () =>
      tx.read(function* () {
        const found = yield* rows(
          db.select().from(triggers).where(any).orderBy(asc(triggers.name)).limit(mostTriggers),
        );
        return found.map(toTrigger);
      }),
    get: (id) =>
      tx.read(function* () {
        const row = yield* one(db.select().from(triggers).where(eq(triggers.id, id)));
        return row === null ? null : toTrigger(row);
      }),
    add: (trigger) =>
      tx.write(function* () {
        yield* assertFree(trigger.name, trigger.id);
        const others = yield* rows(
          db.select({ id: triggers.id }).from(triggers).where(any).limit(mostTriggers),
        );
        if (others.length >= mostTriggers)
          throw new AppError(
            "not-allowed-now",
            `${mostTriggers} schedules and hooks are there, and no more fit. Remove one that nobody needs.`,
          );
        yield* exec(db.insert(triggers).values({ ...trigger, ...columnsOf(trigger.when) }));
      }),
    change: (id, revision, patch, made = []) =>
      tx.write(function* () {
        if (patch.name !== undefined) yield* assertFree(patch.name, id);
        const isKnown = and(eq(triggers.id, id), eq(triggers.revision, revision));
        const set = { ...patched(patch), revision: revision + 1 };
        if ((yield* changed(db.update(triggers).set(set).where(isKnown))) === 0) return false;
        for (const firing of made) {
          const before = yield* one(f.firing, firing);
          if (before === null || before.runId === null) yield* fire(f, firing, null);
        }
        if (patch.paused != null)
          yield* exec(f.drop, {
            triggerId: id,
            because: `It was paused before it could start: ${patch.paused.because}`,
          });
        return true;
      }),
    remove: (id) =>
      tx.write(function* () {
        yield* exec(db.delete(firings).where(eq(firings.triggerId, id)));
        yield* exec(db.delete(triggers).where(eq(triggers.id, id)));
      }),
    record: async (firing) => {
      try {
        await tx.write(() => fire(f, firing, null));
      } catch (error) {
        if (!(error instanceof AlreadyStarted)) throw error;
      }
    },
    firing: (triggerId, key) =>
      tx.read(function* () {
        const row = yield* one(f.firing, { triggerId, key });
        return row === null ? null : toFiring(row);
      }),
    queued: (limit) =>
      tx.read(function* () {
        return (yield* rows(f.queued, { limit })).map(toFiring);
      }),
    outcomes: (triggerId, limit) =>
      tx.read(function* () {
        return (yield* rows(f.outcomes, { triggerId, limit })).map(toSeen);
      }),
    underWay: (triggerId) =>
      tx.read(function* () {
        return (yield* rows(f.underWay, { triggerId })).map(({ id }) => id);
      }),
    firings: (triggerId, before, limit) =>
      tx.read(function* () {
        const from = before ?? Number.MAX_SAFE_INTEGER;
        return (yield* rows(f.newest, { triggerId, before: from, limit })).map(toSeen);
      }),
  };
};

const columnsOf = (when: When) => ({
  kind: when.kind,
  follows: when.kind === "after" ? when.workflowId : null,
});

const patched = (patch: TriggerPatch) => ({
  ...patch,
  ...(patch.when === undefined ? {} : columnsOf(patch.when)),
});

const toTrigger = ({ kind: _, follows: __, ...row }: Schema["triggers"]["$inferSelect"]): Trigger => row;

const toSeen = ({
  firing,
  run,
}: {
  firing: Schema["firings"]["$inferSelect"];
  run: FiringSeen["run"];
}): FiringSeen => ({
  ...toFiring(firing),
  run,
});
