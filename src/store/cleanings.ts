import { desc, eq, gt, inArray, isNull, lt, sql } from "drizzle-orm";
import type { Cleaned, Cleaning, CleaningTable } from "#core/cleaning.ts";
import type { Retention } from "#core/retention.ts";
import type { Schema } from "./schema.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows, type Tx } from "./tx.ts";

type Row = Schema["cleanings"]["$inferSelect"];

/** Older cleanings are forgotten: a year of nights and some by hand. */
const mostCleanings = 400;
const name = "retention";

/** How long runs are kept, and what cleanings took away; see the contract. */
export const cleaningTable = (deps: SqlDeps): CleaningTable => {
  const { db, schema, tx } = deps;
  const { settings, cleanings } = schema;
  function* retention(): Tx<Retention | null> {
    const row = yield* one(db.select().from(settings).where(eq(settings.name, name)));
    return (row?.value as Retention | undefined) ?? null;
  }
  return {
    retention: () => tx.read(retention),
    retain: (decide) =>
      tx.write(function* () {
        const value = decide(yield* retention());
        yield* exec(
          db.insert(settings).values({ name, value }).onConflictDoUpdate({
            target: settings.name,
            set: { value },
          }),
        );
      }),
    begin: (at, by) =>
      tx.write(function* () {
        const begun = yield* one(db.insert(cleanings).values({ at, by }).returning({ id: cleanings.id }));
        const id = begun?.id ?? 0;
        yield* exec(db.delete(cleanings).where(lt(cleanings.id, id - mostCleanings)));
        return id;
      }),
    change: (id, patch) => tx.write(() => exec(db.update(cleanings).set(patch).where(eq(cleanings.id, id)))),
    underWay: () =>
      tx.read(function* () {
        const row = yield* one(db.select().from(cleanings).where(isNull(cleanings.endedAt)).limit(1));
        return (yield* withRemoved(deps, row === null ? [] : [row]))[0] ?? null;
      }),
    list: (limit) =>
      tx.read(function* () {
        const newest = db.select().from(cleanings).where(gt(cleanings.id, 0)).orderBy(desc(cleanings.id));
        return yield* withRemoved(deps, yield* rows(newest.limit(limit)));
      }),
  };
};

function* withRemoved({ db, schema: { cleaned } }: SqlDeps, found: readonly Row[]): Tx<Cleaning[]> {
  const removed = yield* rows(
    db
      .select()
      .from(cleaned)
      .where(
        inArray(
          cleaned.cleaningId,
          found.map(({ id }) => id),
        ),
      ),
  );
  return found.map((row) => ({
    ...row,
    removed: removed
      .filter(({ cleaningId }) => cleaningId === row.id)
      .map(({ cleaningId: _cleaning, ...one }) => one),
  }));
}

/** Counts what a cleaning took away, in the transaction that takes it away. */
export function* countIn(
  { db, schema: { cleaned } }: SqlDeps,
  cleaningId: number | null,
  one: Cleaned,
): Tx<void> {
  if (cleaningId === null) return;
  const { runs, logs, exports, bytes } = cleaned;
  yield* exec(
    db
      .insert(cleaned)
      .values({ cleaningId, ...one })
      .onConflictDoUpdate({
        target: [cleaned.cleaningId, cleaned.workflowId],
        set: {
          runs: sql`${runs} + excluded.runs`,
          logs: sql`${logs} + excluded.logs`,
          exports: sql`${exports} + excluded.exports`,
          bytes: sql`${bytes} + excluded.bytes`,
        },
      }),
  );
}
