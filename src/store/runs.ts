import {
  and,
  asc,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  min,
  ne,
  notInArray,
  or,
  sql,
} from "drizzle-orm";
import type { Run, RunWithSteps } from "#core/run.ts";
import { isOver, mayWake, type RunState, runStates } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import type { RunFilter } from "#core/store.ts";
import type { Db } from "./dialect.ts";
import type { Schema } from "./schema.ts";
import { holds } from "./search.ts";
import type { SqlDeps } from "./sql-deps.ts";

type RunRow = Schema["runs"]["$inferSelect"];
type StepRow = Schema["steps"]["$inferSelect"];

const wakingStates = runStates.filter(mayWake);
/** Events that only live views need; the history leaves them out. */
const passingTypes = ["step.progress", "step.substeps", "step.look", "log"];

/** Every statement that reads of runs, or says who works on them, prepared once. */
export const prepareRuns = (db: Db, { runs, steps, events, logLines, told }: Schema) => {
  const ph = sql.placeholder;
  const ofLog = and(
    eq(logLines.runId, ph("id")),
    eq(logLines.stepId, sql`coalesce(${ph("stepId")}, ${logLines.stepId})`),
  );
  const due = and(
    inArray(runs.state, wakingStates),
    isNotNull(runs.wakeAt),
    lte(runs.wakeAt, ph("now")),
    // Whoever holds a claim in this very process still holds it when it lapsed: the store may have refused to prolong it.
    or(isNull(runs.claimedUntil), and(lte(runs.claimedUntil, ph("now")), ne(runs.claimedBy, ph("worker")))),
  );
  return {
    told: db
      .select()
      .from(told)
      .where(eq(told.runId, ph("id")))
      .orderBy(asc(told.tenth))
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
    due: db
      .select({ id: runs.id })
      .from(runs)
      .where(due)
      .orderBy(asc(runs.wakeAt), asc(runs.id))
      .limit(1)
      .prepare(),
    beat: db
      .update(runs)
      .set({ claimedUntil: sql`${ph("until")}` })
      .where(and(eq(runs.id, ph("id")), eq(runs.epoch, ph("epoch")), isNotNull(runs.claimedBy)))
      .prepare(),
    release: db
      .update(runs)
      .set({ claimedBy: null, claimedUntil: null })
      .where(and(eq(runs.id, ph("id")), eq(runs.epoch, ph("epoch"))))
      .prepare(),
    wakeAhead: db
      .update(runs)
      .set({ wakeAt: sql`${ph("now")}` })
      .where(
        and(inArray(runs.state, wakingStates), gt(runs.wakeAt, ph("now")), gt(runs.changedAt, ph("now"))),
      )
      .prepare(),
    nextWake: db
      .select({ at: min(runs.wakeAt) })
      .from(runs)
      .where(and(inArray(runs.state, wakingStates), isNotNull(runs.wakeAt), isNull(runs.claimedBy)))
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
      .where(and(ofLog, gt(logLines.n, ph("after"))))
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
      .where(ofLog)
      .orderBy(desc(logLines.n))
      .limit(ph("limit"))
      .prepare(),
  };
};

export type RunQueries = ReturnType<typeof prepareRuns>;

/** A row as everybody but the store knows it. */
export const toRun = ({ lastLog: _lastLog, lockHeld: _lockHeld, input, values, ...row }: RunRow): Run => ({
  ...row,
  input,
  values: values ?? {},
});

export const toRunWithSteps = (row: RunRow, steps: readonly StepRow[]): RunWithSteps => ({
  run: toRun(row),
  steps: steps satisfies readonly Step[],
});

/** The lock that a run in this state holds. */
export const heldLock = ({ lock, state }: Pick<Run, "lock" | "state">): string | null =>
  isOver(state) ? null : lock;

/** The newest runs that a filter asks for, of one state or of any: at most one more than its limit, to know whether there is a next page. */
export const newestRuns = (
  { db, schema: { runs } }: SqlDeps,
  { search, workflowId, changedSince, after, limit }: Omit<RunFilter, "states">,
  state?: RunState,
) =>
  db
    .select()
    .from(runs)
    .where(
      and(
        holds([runs.title, runs.subject, runs.id], search),
        state === undefined ? undefined : eq(runs.state, state),
        workflowId === undefined ? undefined : eq(runs.workflowId, workflowId),
        changedSince === undefined ? undefined : gte(runs.changedAt, changedSince),
        after === undefined ? undefined : lt(runs.id, after),
      ),
    )
    .orderBy(desc(runs.id))
    .limit(limit + 1);
