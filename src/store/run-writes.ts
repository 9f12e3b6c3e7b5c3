import { and, eq, getTableColumns, gte, sql, type Table } from "drizzle-orm";
import { untried } from "#core/step.ts";
import type { Db } from "./dialect.ts";
import type { Schema } from "./schema.ts";
import { exec, preparedWhenUsed, type Tx } from "./tx.ts";

/** A step that nobody has begun. */
export const asNew = { ...untried, result: null } as const;

/** Every statement that writes of a run, each prepared once: an update for each set of columns that ever changed together. */
export const prepareWrites = (
  db: Db,
  { runs, starts, steps, events, logLines, told, deletedNumbers }: Schema,
) => {
  const ph = sql.placeholder;
  const { runId: _told, tenth: _tenth, ...ofEstimate } = placeholders(told);
  // Nobody else has changed the run, or taken it, since it was read.
  const asItWas = and(
    eq(runs.id, ph("runId")),
    eq(runs.version, ph("wasVersion")),
    eq(runs.epoch, ph("wasEpoch")),
  );
  return preparedWhenUsed({
    insertRun: () =>
      db
        .insert(runs)
        .values({
          ...placeholders(runs),
          seq: sql`(select coalesce(max(${runs.seq}), 0) + 1 from ${runs})`,
          number: sql`(select coalesce(max(n), 0) + 1 from (
          select max(${runs.number}) as n from ${runs} where ${runs.workflowId} = ${ph("workflowId")}
          union all select ${deletedNumbers.highest} from ${deletedNumbers} where ${deletedNumbers.workflowId} = ${ph("workflowId")}) as numbers)`,
        })
        .returning({ seq: runs.seq, number: runs.number })
        .prepare(),
    insertStart: () => db.insert(starts).values(placeholders(starts)).prepare(),
    // All of a run by one statement; what is the same of all new ones need not be bound for each.
    insertSteps: () => {
      const same = Object.fromEntries(
        Object.entries(asNew).map(([name, value]) => {
          const column = steps[name as keyof typeof asNew];
          return [name, sql`${sql.param(value, column)}`.inlineParams()];
        }),
      );
      const row = (at: number) => ({
        ...Object.fromEntries(columnsOf(steps).map((name) => [name, ph(`${name}${at}`)])),
        ...same,
      });
      return once((many: number) =>
        db
          .insert(steps)
          .values(Array.from({ length: many }, (_, at) => row(at) as unknown as typeof steps.$inferInsert))
          .prepare(),
      );
    },
    deleteSteps: () =>
      db
        .delete(steps)
        .where(and(eq(steps.runId, ph("runId")), gte(steps.position, ph("from"))))
        .prepare(),
    insertEvent: () => db.insert(events).values(placeholders(events)).prepare(),
    insertLog: () => db.insert(logLines).values(placeholders(logLines)).prepare(),
    putEstimate: () =>
      db
        .insert(told)
        .values(placeholders(told))
        .onConflictDoUpdate({ target: [told.runId, told.tenth], set: ofEstimate })
        .prepare(),
    updateRun: () => bySet((names) => db.update(runs).set(only(runs, names)).where(asItWas).prepare()),
    updateStep: () =>
      bySet((names) =>
        db
          .update(steps)
          .set(only(steps, names))
          .where(and(eq(steps.runId, ph("ofRun")), eq(steps.id, ph("stepId"))))
          .prepare(),
      ),
    claim: () =>
      db
        .update(runs)
        .set({
          epoch: sql`${runs.epoch} + 1`,
          claimedBy: sql`${ph("worker")}`,
          claimedUntil: sql`${ph("until")}`,
        })
        .where(asItWas)
        .prepare(),
  });
};

/** Writes steps that nobody has begun, some at a time: what a database binds at once has a limit. */
export function* insertSteps(w: RunWrites, rows: readonly object[]): Tx<void> {
  for (let from = 0; from < rows.length; from += stepsAtOnce) {
    const some = rows.slice(from, from + stepsAtOnce);
    const params = some.flatMap((row, at) =>
      Object.entries(row).map(([name, value]) => [`${name}${at}`, value]),
    );
    yield* exec(w.insertSteps(some.length), Object.fromEntries(params));
  }
}

const stepsAtOnce = 50;

export type RunWrites = ReturnType<typeof prepareWrites>;

/** A placeholder for each column under the column's own name; Drizzle takes them wherever a value goes. */
const placeholders = <T extends Table>(table: T): T["$inferSelect"] => only(table, columnsOf(table));

const columnsOf = (table: Table): string[] => Object.keys(getTableColumns(table));

const only = <T extends Table>(_table: T, names: readonly string[]): T["$inferSelect"] =>
  Object.fromEntries(names.map((name) => [name, sql.placeholder(name)]));

const bySet = <Q>(prepare: (names: readonly string[]) => Q): ((names: readonly string[]) => Q) => {
  const prepared = once((names: string) => prepare(names.split(",")));
  return (names) => prepared(names.join());
};

/** Prepares what is asked for when that is first asked for. */
const once = <K, Q>(prepare: (key: K) => Q): ((key: K) => Q) => {
  const prepared = new Map<K, Q>();
  return (key) => {
    const there = prepared.get(key);
    if (there !== undefined) return there;
    const query = prepare(key);
    prepared.set(key, query);
    return query;
  };
};
