import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lte,
  ne,
  notInArray,
  or,
  sql,
} from "drizzle-orm";
import { mayWake, runStates } from "#core/states.ts";
import type { Db } from "./dialect.ts";
import { idsOfMany } from "./in-many.ts";
import type { Schema } from "./schema.ts";
import { preparedWhenUsed } from "./tx.ts";

/** Said by what they are not: of states that are listed, the database would begin with all runs that are in one. */
const sleepingStates = runStates.filter((state) => !mayWake(state));
/** Events that only live views need; the history leaves them out. */
export const passingTypes = ["step.progress", "step.substeps", "step.look", "log"];

/** Every statement that reads of runs, or says who works on them, prepared once. */
export const prepareRuns = (db: Db, { runs, starts, steps, events, logLines, told }: Schema) => {
  const ph = sql.placeholder;
  const ofLog = and(
    eq(logLines.runId, ph("id")),
    eq(logLines.stepId, sql`coalesce(${ph("stepId")}, ${logLines.stepId})`),
  );
  const newestCompleted = db
    .select({ id: runs.id, seq: runs.seq, size: runs.size })
    .from(runs)
    .where(and(eq(runs.workflowId, ph("workflowId")), eq(runs.state, "completed")))
    .orderBy(desc(runs.seq))
    .limit(ph("most"))
    .as("newest");
  const isFree = and(isNull(runs.claimedBy), isNotNull(runs.wakeAt));
  // Its family, where it has one, has not all the workers that it may have.
  const hasPart = or(
    isNull(runs.family),
    sql`(select count(*) from ${runs} as other where other.claimed_by is not null and other.family = ${runs.family}) < ${ph("most")}`,
  );
  const isDue = and(notInArray(runs.state, sleepingStates), lte(runs.wakeAt, ph("now")));
  const isTold = eq(told.runId, ph("id"));
  const isRun = eq(runs.id, ph("id"));
  return preparedWhenUsed({
    told: () => db.select().from(told).where(isTold).orderBy(asc(told.tenth)).prepare(),
    run: () => db.select().from(runs).where(isRun).prepare(),
    startedBy: () =>
      db
        .select({ runId: starts.runId, asked: starts.asked })
        .from(starts)
        .where(and(eq(starts.by, ph("by")), eq(starts.key, ph("key"))))
        .prepare(),
    numbered: () =>
      db
        .select({ id: runs.id })
        .from(runs)
        .where(and(eq(runs.workflowId, ph("workflowId")), eq(runs.number, ph("number"))))
        .prepare(),
    steps: () =>
      db
        .select()
        .from(steps)
        .where(eq(steps.runId, ph("id")))
        .prepare(),
    runsOf: () => db.select().from(runs).where(inArray(runs.id, idsOfMany)).prepare(),
    stepsOf: () => db.select().from(steps).where(inArray(steps.runId, idsOfMany)).prepare(),
    /** Without the lists of what came out of items: of thousands that is much to read, and each item shows its own. */
    seenSteps: () =>
      db
        .select({
          ...getTableColumns(steps),
          result:
            sql`case when ${steps.kind} = 'each' and ${steps.result} like '[%' then null else ${steps.result} end`.mapWith(
              steps.result,
            ),
        })
        .from(steps)
        .where(eq(steps.runId, ph("id")))
        .prepare(),
    version: () => db.select({ version: runs.version }).from(runs).where(isRun).prepare(),
    due: () =>
      db
        .select({ id: runs.id, wakeAt: runs.wakeAt })
        .from(runs)
        .where(and(isFree, isDue, hasPart))
        .orderBy(asc(runs.wakeAt), asc(runs.id))
        .limit(1)
        .prepare(),
    // Whoever holds a claim in this very process still holds it when it lapsed: the store may have refused to prolong it.
    lapsed: () =>
      db
        .select({ id: runs.id, wakeAt: runs.wakeAt })
        .from(runs)
        .where(
          and(
            isNotNull(runs.claimedBy),
            lte(runs.claimedUntil, ph("now")),
            ne(runs.claimedBy, ph("worker")),
            isDue,
          ),
        )
        .orderBy(asc(runs.claimedUntil))
        .limit(1)
        .prepare(),
    past: () =>
      db
        .select({
          seq: newestCompleted.seq,
          runId: steps.runId,
          id: steps.id,
          position: steps.position,
          activeMs: steps.activeMs,
          quietMs: steps.quietMs,
          state: steps.state,
          progress: steps.progress,
          substeps: steps.substeps,
          size: newestCompleted.size,
        })
        .from(newestCompleted)
        .crossJoin(steps)
        .where(and(eq(steps.runId, newestCompleted.id), inArray(steps.state, ["completed", "skipped"])))
        .prepare(),
    estimates: () =>
      db
        .select({ run: { seq: newestCompleted.seq }, told })
        .from(newestCompleted)
        .crossJoin(told)
        .where(eq(told.runId, newestCompleted.id))
        .prepare(),
    beat: () =>
      db
        .update(runs)
        .set({ claimedUntil: sql`${ph("until")}` })
        .where(and(eq(runs.id, ph("id")), eq(runs.epoch, ph("epoch")), isNotNull(runs.claimedBy)))
        .prepare(),
    release: () =>
      db
        .update(runs)
        .set({ claimedBy: null, claimedUntil: null })
        .where(and(eq(runs.id, ph("id")), eq(runs.epoch, ph("epoch"))))
        .returning({ id: runs.id, claimedBy: runs.claimedBy, wakeAt: runs.wakeAt, state: runs.state })
        .prepare(),
    ofFamily: () =>
      db
        .select({ atWork: sql<number>`count(*)` })
        .from(runs)
        .where(and(isNotNull(runs.claimedBy), eq(runs.family, ph("family"))))
        .prepare(),
    wakeAhead: () =>
      db
        .update(runs)
        .set({ wakeAt: sql`${ph("now")}` })
        .where(
          and(
            isFree,
            notInArray(runs.state, sleepingStates),
            gt(runs.wakeAt, ph("now")),
            or(gt(runs.changedAt, ph("now")), and(ne(runs.state, "asking"), gt(runs.wakeAt, ph("furthest")))),
          ),
        )
        .prepare(),
    nextWake: () =>
      db
        .select({ at: runs.wakeAt })
        .from(runs)
        .where(and(isFree, notInArray(runs.state, sleepingStates), hasPart))
        .orderBy(asc(runs.wakeAt))
        .limit(1)
        .prepare(),
    forgetClaims: () =>
      db
        .update(runs)
        .set({ claimedBy: null, claimedUntil: null })
        .where(and(isNotNull(runs.claimedBy), gte(runs.claimedUntil, 0)))
        .returning({ id: runs.id })
        .prepare(),
    line: () =>
      db
        .select()
        .from(runs)
        .where(and(isNotNull(runs.turn), eq(runs.turn, ph("turn"))))
        .orderBy(asc(runs.turnPlace))
        .prepare(),
    lastInLine: () =>
      db
        .select({ place: runs.turnPlace })
        .from(runs)
        .where(and(isNotNull(runs.turn), eq(runs.turn, ph("turn"))))
        .orderBy(desc(runs.turnPlace))
        .limit(1)
        .prepare(),
    holder: () =>
      db
        .select()
        .from(runs)
        .where(eq(runs.lockHeld, ph("lock")))
        .prepare(),
    events: () =>
      db
        .select()
        .from(events)
        .where(and(eq(events.runId, ph("id")), gt(events.n, ph("after"))))
        .orderBy(asc(events.n))
        .limit(ph("limit"))
        .prepare(),
    history: () =>
      db
        .select()
        .from(events)
        .where(and(eq(events.runId, ph("id")), notInArray(events.type, passingTypes)))
        .orderBy(desc(events.n))
        .limit(ph("limit"))
        .prepare(),
    logsAfter: () =>
      db
        .select()
        .from(logLines)
        .where(and(ofLog, gt(logLines.n, ph("after"))))
        .orderBy(asc(logLines.n))
        .limit(ph("limit"))
        .prepare(),
    logsBetween: () =>
      db
        .select()
        .from(logLines)
        .where(and(eq(logLines.runId, ph("id")), gt(logLines.n, ph("after")), lte(logLines.n, ph("to"))))
        .orderBy(asc(logLines.n))
        .prepare(),
    newestLogs: () =>
      db.select().from(logLines).where(ofLog).orderBy(desc(logLines.n)).limit(ph("limit")).prepare(),
  });
};

export type RunQueries = ReturnType<typeof prepareRuns>;
