import type { FeedEvent, LogLine } from "#core/event.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { PastStep, Store } from "#core/store.ts";
import type { PastEstimate } from "#core/time-left/estimate.ts";
import { pastStepsOf } from "#core/time-left/past-run.ts";
import { type RunLists, runLists } from "./run-lists.ts";
import { readRun, readRuns, toRun, toRunWithSteps } from "./run-rows.ts";
import type { RunQueries } from "./runs.ts";
import type { Schema } from "./schema.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { all, one, rows, type Tx } from "./tx.ts";

/** Whoever is further behind than this follows the run by its own number. */
const mostEventsTold = 1_000;

type EventRow = Schema["events"]["$inferSelect"];
type LogRow = Schema["logLines"]["$inferSelect"];

type Reads = Pick<
  Store,
  | "run"
  | "seen"
  | "runNumbered"
  | "startedBy"
  | "version"
  | keyof RunLists
  | "line"
  | "lockHolder"
  | "events"
  | "asRecorded"
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
    run: (id) => read(() => readWhole(q, id)),
    seen: (id) => read(() => readWhole(q, id, q.seenSteps)),
    startedBy: (by, key) => read(() => one(q.startedBy, { by, key })),
    runNumbered: (workflowId, number) =>
      read(function* () {
        return (yield* one(q.numbered, { workflowId, number }))?.id ?? null;
      }),
    version: (id) =>
      read(function* () {
        return (yield* one(q.version, { id }))?.version ?? null;
      }),
    ...runLists(deps, q),
    line: (turn) =>
      read(function* () {
        return (yield* rows(q.line, { turn })).map(toRun);
      }),
    lockHolder: (lock) =>
      read(function* () {
        const row = yield* one(q.holder, { lock });
        return row === null ? null : toRun(row);
      }),
    events: (id, after, limit) => read(() => readEvents(q, id, after, limit)),
    asRecorded: (changed) =>
      read(function* () {
        const runs = yield* readRuns(
          q,
          changed.map(({ id }) => id),
        );
        const there = changed.flatMap(({ id, from }) => {
          const found = runs.get(id);
          return found === undefined ? [] : [{ ...found, from }];
        });
        const events = yield* all(
          there.map(({ row, from }) => ({
            query: q.events,
            params: { id: row.id, after: from - 1, limit: mostEventsTold },
          })),
        );
        return there.map(({ row, steps }, place) => ({
          ...toRunWithSteps(row, steps),
          events: (events[place] ?? []).map(toEvent),
        }));
      }),
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
    past: (workflowId, runs) => read(() => readPast(q, workflowId, runs)),
    told: (id) => read(() => rows(q.told, { id })),
    estimates: (workflowId, runs) => read(() => readEstimates(q, workflowId, runs)),
  };
};

function* readWhole(q: RunQueries, id: string, steps = q.steps): Tx<RunWithSteps | null> {
  const found = yield* readRun(q, id, steps);
  return found === null ? null : toRunWithSteps(found.row, found.steps);
}

function* readEvents(q: RunQueries, id: string, after: number, limit: number): Tx<FeedEvent[]> {
  const found = (yield* rows(q.events, { id, after, limit })).map(toEvent);
  const spans = found.filter((event) => event.type === "log");
  const [first, last] = [spans[0], spans.at(-1)];
  if (first === undefined || last === undefined) return found;
  const lines = (yield* rows(q.logsBetween, { id, after: first.from - 1, to: last.to })).map(toLine);
  // Lines are numbered without gaps and removed from the first on, so the number of a line tells its place.
  const begin = lines[0]?.n ?? 0;
  const linesOf = (from: number, to: number) =>
    lines.slice(Math.max(0, from - begin), Math.max(0, to - begin + 1));
  return found.map((event) =>
    event.type === "log" ? { ...event, lines: linesOf(event.from, event.to) } : event,
  );
}

function* readPast(q: RunQueries, workflowId: string, most: number): Tx<PastStep[]> {
  const found = yield* rows(q.past, { workflowId, most });
  return pastStepsOf(found.sort((a, b) => b.seq - a.seq || a.position - b.position));
}

function* readEstimates(q: RunQueries, workflowId: string, most: number): Tx<PastEstimate[]> {
  const found = yield* rows(q.estimates, { workflowId, most });
  return found.sort((a, b) => b.run.seq - a.run.seq || a.told.tenth - b.told.tenth).map(({ told }) => told);
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
