import { and, count, desc, eq, inArray } from "drizzle-orm";
import type { FeedEvent, LogLine } from "#core/event.ts";
import type { RunWithSteps } from "#core/run.ts";
import { type RunState, runStates } from "#core/states.ts";
import type { PastStep, RunFilter, Store } from "#core/store.ts";
import type { PastEstimate } from "#core/time-left/estimate.ts";
import { pastStepsOf } from "#core/time-left/past-run.ts";
import { type Page, pageOf } from "./page.ts";
import { newestRuns, type RunQueries, toRun, toRunWithSteps } from "./runs.ts";
import type { Schema } from "./schema.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { one, rows, type Tx } from "./tx.ts";

type RunRow = Schema["runs"]["$inferSelect"];
type EventRow = Schema["events"]["$inferSelect"];
type LogRow = Schema["logLines"]["$inferSelect"];

type Reads = Pick<
  Store,
  | "run"
  | "version"
  | "runs"
  | "countRuns"
  | "atWork"
  | "lockHolder"
  | "events"
  | "history"
  | "logs"
  | "past"
  | "estimates"
  | "told"
>;

/** Everything that is read of runs. */
export const runReads = (deps: SqlDeps, q: RunQueries): Reads => {
  const { read } = deps.tx;
  return {
    run: (id) => read(() => readRun(q, id)),
    // The hot path of polling goes past the transaction: one statement needs none.
    version: async (id) => q.version.all({ id })[0]?.version ?? null,
    runs: (filter) => read(() => readPage(deps, q, filter)),
    countRuns: () => read(() => countByState(deps)),
    atWork: (by, most) =>
      read(function* () {
        return (yield* rows(atWork(deps, by, most))).length;
      }),
    lockHolder: (lock) =>
      read(function* () {
        const row = yield* one(q.holder, { lock });
        return row === null ? null : toRun(row);
      }),
    events: (id, after, limit) => read(() => readEvents(q, id, after, limit)),
    history: (id, limit) =>
      read(function* () {
        return (yield* rows(q.history, { id, limit })).reverse().map((row) => toEvent(row));
      }),
    logs: (id, { after, limit, stepId = null }) =>
      read(function* () {
        const lines =
          after === null
            ? (yield* rows(q.newestLogs, { id, limit, stepId })).reverse()
            : yield* rows(q.logsAfter, { id, after, limit, stepId });
        return lines.map(toLine);
      }),
    past: (workflowId, runs) => read(() => readPast(deps, workflowId, runs)),
    told: (id) => read(() => rows(q.told, { id })),
    estimates: (workflowId, runs) => read(() => readEstimates(deps, workflowId, runs)),
  };
};

function* readRun(q: RunQueries, id: string): Tx<RunWithSteps | null> {
  const row = yield* one(q.run, { id });
  return row === null ? null : toRunWithSteps(row, yield* rows(q.steps, { id }));
}

/** Of each state as many as fit, then the newest of all: no list of states makes the database sort all that it has. */
function* newestOf(deps: SqlDeps, { states, ...filter }: RunFilter): Tx<RunRow[]> {
  if (states === undefined) return yield* rows(newestRuns(deps, filter));
  const found: RunRow[] = [];
  for (const state of states) found.push(...(yield* rows(newestRuns(deps, filter, state))));
  return found.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, filter.limit + 1);
}

function* readPage(deps: SqlDeps, q: RunQueries, filter: RunFilter): Tx<Page<RunWithSteps>> {
  const page = pageOf(yield* newestOf(deps, filter), filter.limit);
  const withSteps: RunWithSteps[] = [];
  for (const row of page.rows) withSteps.push(toRunWithSteps(row, yield* rows(q.steps, { id: row.id })));
  return { rows: withSteps, next: page.next };
}

function* countByState({ db, schema: { runs } }: SqlDeps): Tx<Record<RunState, number>> {
  const counted = yield* rows(db.select({ state: runs.state, n: count() }).from(runs).groupBy(runs.state));
  const found = new Map(counted.map(({ state, n }) => [state, n]));
  return Object.fromEntries(runStates.map((state) => [state, found.get(state) ?? 0])) as Record<
    RunState,
    number
  >;
}

// Only what is at work is looked at, and no more of it than is asked for.
const atWork = ({ db, schema: { runs } }: SqlDeps, by: string, most: number) =>
  db
    .select({ id: runs.id })
    .from(runs)
    .where(and(inArray(runs.state, ["queued", "running"]), eq(runs.createdBy, by)))
    .limit(most);

function* readEvents(q: RunQueries, id: string, after: number, limit: number): Tx<FeedEvent[]> {
  const found = (yield* rows(q.events, { id, after, limit })).map(toEvent);
  const spans = found.filter((event) => event.type === "log");
  const [first, last] = [spans[0], spans.at(-1)];
  if (first === undefined || last === undefined) return found;
  const lines = (yield* rows(q.logsBetween, { id, after: first.from - 1, to: last.to })).map(toLine);
  // Lines are numbered without gaps, so the number of a line tells its place.
  const linesOf = (from: number, to: number) => lines.slice(from - first.from, to - first.from + 1);
  return found.map((event) =>
    event.type === "log" ? { ...event, lines: linesOf(event.from, event.to) } : event,
  );
}

function* readPast(deps: SqlDeps, workflowId: string, most: number): Tx<PastStep[]> {
  const { steps } = deps.schema;
  const ids = yield* newestCompleted(deps, workflowId, most);
  const found = yield* rows(
    deps.db
      .select({
        runId: steps.runId,
        id: steps.id,
        activeMs: steps.activeMs,
        quietMs: steps.quietMs,
        state: steps.state,
        progress: steps.progress,
      })
      .from(steps)
      .where(and(inArray(steps.runId, ids), inArray(steps.state, ["completed", "skipped"])))
      .orderBy(desc(steps.runId), steps.position),
  );
  return pastStepsOf(found);
}

function* readEstimates(deps: SqlDeps, workflowId: string, most: number): Tx<PastEstimate[]> {
  const { told } = deps.schema;
  const ids = yield* newestCompleted(deps, workflowId, most);
  return yield* rows(
    deps.db.select().from(told).where(inArray(told.runId, ids)).orderBy(desc(told.runId), told.tenth),
  );
}

function* newestCompleted({ db, schema: { runs } }: SqlDeps, workflowId: string, most: number): Tx<string[]> {
  const newest = yield* rows(
    db
      .select({ id: runs.id })
      .from(runs)
      .where(and(eq(runs.workflowId, workflowId), eq(runs.state, "completed")))
      .orderBy(desc(runs.id))
      .limit(most),
  );
  return newest.map(({ id }) => id);
}

// What was written as an event is read as one: the type column tells which.
const toEvent = ({ runId, n, at, type, stepId, data }: EventRow): FeedEvent =>
  ({ ...data, runId, n, at, type, ...(stepId === null ? {} : { stepId }) }) as FeedEvent;

const toLine = ({ n, at, stepId, attempt, level, text, whole }: LogRow): LogLine => ({
  n,
  at,
  stepId,
  attempt,
  level,
  text,
  ...(whole === null ? {} : { whole }),
});
