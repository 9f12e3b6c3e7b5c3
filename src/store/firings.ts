import { and, desc, eq, inArray, lt, lte, sql } from "drizzle-orm";
import { AlreadyStarted } from "#core/change.ts";
import type { Run } from "#core/run.ts";
import { isOver, runStates } from "#core/states.ts";
import {
  bodiesKept,
  type EndFollowed,
  endsFollowed,
  type Firing,
  firingsKept,
  type NewFiring,
  TriggerMoved,
} from "#core/trigger.ts";
import type { Db } from "./dialect.ts";
import type { Schema } from "./schema.ts";
import { changed, exec, one, preparedWhenUsed, rows, type Tx } from "./tx.ts";

const underWayStates = runStates.filter((state) => !isOver(state));
/** Runs that are not over are looked for among so many of the newest. */
const mostUnderWay = 100;

/** Every statement that has to do with firings, prepared once. */
export const prepareFirings = (db: Db, { triggers, firings, runs }: Schema) => {
  const ph = sql.placeholder;
  const isThis = and(eq(firings.triggerId, ph("triggerId")), eq(firings.key, ph("key")));
  const ofTrigger = eq(firings.triggerId, ph("triggerId"));
  const outcomes = and(ofTrigger, eq(firings.isOutcome, true));
  const run = { number: runs.number, workflowId: runs.workflowId, state: runs.state, endedAt: runs.endedAt };
  const seen = () =>
    db.select({ firing: firings, run }).from(firings).leftJoin(runs, eq(runs.id, firings.runId));
  const row = {
    triggerId: ph("triggerId"),
    key: ph("key"),
    n: ph("n"),
    at: ph("at"),
    became: ph("became"),
    isOutcome: ph("isOutcome"),
    because: ph("because"),
    runId: ph("runId"),
    dueAt: ph("dueAt"),
    afterRunId: ph("afterRunId"),
    body: ph("body"),
    asked: ph("asked"),
  } as unknown as typeof firings.$inferInsert;
  return preparedWhenUsed({
    firing: () => db.select().from(firings).where(isThis).prepare(),
    /** Only where nobody has changed it since. */
    move: () =>
      db
        .update(triggers)
        .set({
          decided: sql`${ph("decided")}`,
          nextAt: sql`${ph("nextAt")}`,
          revision: sql`${triggers.revision} + 1`,
        })
        .where(and(eq(triggers.id, ph("triggerId")), eq(triggers.revision, ph("revision"))))
        .prepare(),
    count: () =>
      db
        .update(triggers)
        .set({ fired: sql`${triggers.fired} + 1` })
        .where(eq(triggers.id, ph("triggerId")))
        .returning({ n: triggers.fired })
        .prepare(),
    insert: () => db.insert(firings).values(row).prepare(),
    remove: () => db.delete(firings).where(isThis).prepare(),
    forget: () =>
      db
        .delete(firings)
        .where(and(ofTrigger, lte(firings.n, ph("n"))))
        .prepare(),
    forgetBody: () =>
      db
        .update(firings)
        .set({ body: null })
        .where(and(ofTrigger, eq(firings.n, ph("n"))))
        .prepare(),
    followers: () =>
      db
        .select({ id: triggers.id, when: triggers.when, paused: triggers.paused })
        .from(triggers)
        .where(eq(triggers.follows, ph("workflowId")))
        .prepare(),
    queued: () =>
      db
        .select()
        .from(firings)
        .where(eq(firings.became, "queued"))
        .orderBy(firings.at)
        .limit(ph("limit"))
        .prepare(),
    drop: () =>
      db
        .update(firings)
        .set({ became: "skipped", because: sql`${ph("because")}` })
        .where(and(ofTrigger, eq(firings.became, "queued")))
        .prepare(),
    outcomes: () => seen().where(outcomes).orderBy(desc(firings.n)).limit(ph("limit")).prepare(),
    newest: () =>
      seen()
        .where(and(ofTrigger, lt(firings.n, ph("before"))))
        .orderBy(desc(firings.n))
        .limit(ph("limit"))
        .prepare(),
    underWay: () =>
      db
        .select({ id: runs.id })
        .from(firings)
        .innerJoin(runs, eq(runs.id, firings.runId))
        .where(and(outcomes, inArray(runs.state, underWayStates)))
        .orderBy(desc(firings.n))
        .limit(mostUnderWay)
        .prepare(),
  });
};

export type FiringStatements = ReturnType<typeof prepareFirings>;

/**
 * Writes a firing and what its schedule has decided with it. Throws AlreadyStarted when a run came of it before, and TriggerMoved when the
 * trigger is another one by now, or gone.
 */
export function* fire(f: FiringStatements, { move, ...firing }: NewFiring, runId: string | null): Tx<void> {
  const { triggerId } = firing;
  if (move !== undefined && (yield* changed(f.move, { triggerId, ...move })) === 0)
    throw new TriggerMoved(triggerId);
  const before = yield* one(f.firing, firing);
  if (before !== null && before.runId !== null)
    throw new AlreadyStarted({ runId: before.runId, asked: before.asked });
  if (before !== null) yield* exec(f.remove, firing);
  const counted = yield* one(f.count, { triggerId });
  if (counted === null) throw new TriggerMoved(triggerId);
  const isOutcome = firing.became === "run" || firing.became === "refused";
  yield* exec(f.insert, { ...firing, ...counted, isOutcome, runId });
  if (counted.n > bodiesKept) yield* exec(f.forgetBody, { triggerId, n: counted.n - bodiesKept });
  if (counted.n > firingsKept) yield* exec(f.forget, { triggerId, n: counted.n - firingsKept });
}

const isFollowed = (state: Run["state"]): state is EndFollowed =>
  (endsFollowed as readonly string[]).includes(state);

/** Queues what follows a run that ended just now, each once for the run and its end. */
export function* fireFollowers(
  f: FiringStatements,
  { id, workflowId, state }: Pick<Run, "id" | "workflowId" | "state">,
  at: number,
): Tx<void> {
  if (!isFollowed(state)) return;
  for (const { id: triggerId, when, paused } of yield* rows(f.followers, { workflowId })) {
    if (when.kind !== "after" || !when.on.includes(state) || paused !== null) continue;
    const key = `${id} ${state}`;
    if ((yield* one(f.firing, { triggerId, key })) !== null) continue;
    const nothing = { because: null, dueAt: null, body: null, asked: "" };
    yield* fire(f, { triggerId, key, at, became: "queued", afterRunId: id, ...nothing }, null);
  }
}

export const toFiring = ({ isOutcome: _, ...firing }: Schema["firings"]["$inferSelect"]): Firing => firing;
