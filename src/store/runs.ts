import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gt,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  notInArray,
  or,
  sql,
} from "drizzle-orm";
import type { Run, RunWithSteps } from "#core/run.ts";
import { isDriven, isOver, type RunState, runStates } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import type { RunFilter } from "#core/store.ts";
import type { Db } from "#store/sqlite/driver.ts";
import type { Schema } from "./schema.ts";

type RunRow = Schema["runs"]["$inferSelect"];
type StepRow = Schema["steps"]["$inferSelect"];

const drivenStates = runStates.filter(isDriven);
/** Events that only live views need; the history leaves them out. */
const passingTypes = ["step.progress", "step.substeps", "step.look", "log"];

/** Every statement about runs that is used often, prepared once. */
export const prepareRuns = (db: Db, { runs, steps, events, logLines }: Schema) => {
  const ph = sql.placeholder;
  const all = (table: typeof runs | typeof steps) =>
    Object.fromEntries(Object.keys(getTableColumns(table)).map((name) => [name, ph(name)]));
  const due = and(
    inArray(runs.state, drivenStates),
    isNotNull(runs.wakeAt),
    lte(runs.wakeAt, ph("now")),
    or(isNull(runs.claimedUntil), lt(runs.claimedUntil, ph("now"))),
  );
  return {
    insertRun: db
      .insert(runs)
      .values(all(runs) as unknown as RunRow)
      .prepare(),
    insertStep: db
      .insert(steps)
      .values(all(steps) as unknown as StepRow)
      .prepare(),
    updateRun: db
      .update(runs)
      .set(all(runs))
      .where(eq(runs.id, ph("id")))
      .prepare(),
    updateStep: db
      .update(steps)
      .set(all(steps))
      .where(and(eq(steps.runId, ph("runId")), eq(steps.id, ph("id"))))
      .prepare(),
    insertEvent: db
      .insert(events)
      .values({
        runId: ph("runId"),
        n: ph("n"),
        at: ph("at"),
        type: ph("type"),
        stepId: ph("stepId"),
        data: ph("data"),
      })
      .prepare(),
    insertLog: db
      .insert(logLines)
      .values({
        runId: ph("runId"),
        n: ph("n"),
        at: ph("at"),
        stepId: ph("stepId"),
        attempt: ph("attempt"),
        level: ph("level"),
        text: ph("text"),
      })
      .prepare(),
    run: db
      .select()
      .from(runs)
      .where(eq(runs.id, ph("id")))
      .prepare(),
    steps: db
      .select()
      .from(steps)
      .where(eq(steps.runId, ph("id")))
      .orderBy(asc(steps.position))
      .prepare(),
    version: db
      .select({ version: runs.version })
      .from(runs)
      .where(eq(runs.id, ph("id")))
      .prepare(),
    due: db.select({ id: runs.id }).from(runs).where(due).orderBy(asc(runs.wakeAt)).limit(1).prepare(),
    claim: db
      .update(runs)
      .set({
        epoch: sql`${runs.epoch} + 1`,
        claimedBy: sql`${ph("worker")}`,
        claimedUntil: sql`${ph("until")}`,
      })
      .where(eq(runs.id, ph("id")))
      .returning()
      .prepare(),
    beat: db
      .update(runs)
      .set({ claimedUntil: sql`${ph("until")}` })
      .where(and(eq(runs.id, ph("id")), eq(runs.epoch, ph("epoch")), isNotNull(runs.claimedBy)))
      .returning({ id: runs.id })
      .prepare(),
    release: db
      .update(runs)
      .set({ claimedBy: null, claimedUntil: null })
      .where(and(eq(runs.id, ph("id")), eq(runs.epoch, ph("epoch"))))
      .prepare(),
    nextWake: db
      .select({ at: sql<number | null>`min(${runs.wakeAt})` })
      .from(runs)
      .where(and(inArray(runs.state, drivenStates), isNotNull(runs.wakeAt), isNull(runs.claimedBy)))
      .prepare(),
    holder: db
      .select()
      .from(runs)
      .where(eq(runs.lockHeld, ph("lock")))
      .prepare(),
    events: db
      .select()
      .from(events)
      .where(and(eq(events.runId, ph("id")), gt(events.n, ph("after"))))
      .orderBy(asc(events.n))
      .limit(ph("limit"))
      .prepare(),
    history: db
      .select()
      .from(events)
      .where(and(eq(events.runId, ph("id")), notInArray(events.type, passingTypes)))
      .orderBy(desc(events.n))
      .limit(ph("limit"))
      .prepare(),
    logsAfter: db
      .select()
      .from(logLines)
      .where(and(eq(logLines.runId, ph("id")), gt(logLines.n, ph("after"))))
      .orderBy(asc(logLines.n))
      .limit(ph("limit"))
      .prepare(),
    logsBetween: db
      .select()
      .from(logLines)
      .where(and(eq(logLines.runId, ph("id")), gt(logLines.n, ph("after")), lte(logLines.n, ph("to"))))
      .orderBy(asc(logLines.n))
      .prepare(),
    newestLogs: db
      .select()
      .from(logLines)
      .where(eq(logLines.runId, ph("id")))
      .orderBy(desc(logLines.n))
      .limit(ph("limit"))
      .prepare(),
  };
};

export type RunQueries = ReturnType<typeof prepareRuns>;

/** A row as everybody but the store knows it. */
export const toRun = ({ lastLog: _lastLog, lockHeld: _lockHeld, input, ...row }: RunRow): Run => ({
  ...row,
  input,
});

export const toRunWithSteps = (row: RunRow, steps: readonly StepRow[]): RunWithSteps => ({
  run: toRun(row),
  steps: steps satisfies readonly Step[],
});

/** The lock that a run in this state holds. */
export const heldLock = (lock: string | null, state: RunState): string | null =>
  isOver(state) ? null : lock;

/** The page of runs that a filter asks for, and one row more to know whether there is a next one. */
export const runsPage = (
  db: Db,
  { runs }: Schema,
  { search, states, workflowId, after, limit }: RunFilter,
) => {
  const like =
    search === undefined || search === "" ? null : `%${search.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  const contains = (column: typeof runs.title | typeof runs.subject | typeof runs.id) =>
    sql`lower(${column}) like ${like} escape '\\'`;
  return db
    .select()
    .from(runs)
    .where(
      and(
        like === null ? undefined : or(contains(runs.title), contains(runs.subject), contains(runs.id)),
        states === undefined ? undefined : inArray(runs.state, [...states]),
        workflowId === undefined ? undefined : eq(runs.workflowId, workflowId),
        after === undefined ? undefined : lt(runs.id, after),
      ),
    )
    .orderBy(desc(runs.id))
    .limit(limit + 1);
};
