import { and, asc, desc, eq, gt, gte, inArray, lt, sql } from "drizzle-orm";
import { isOfItems } from "#core/item.ts";
import type { OverFilter, Removal } from "#core/removal.ts";
import { runStates } from "#core/states.ts";
import { toExport } from "./exports.ts";
import { hasLogSql, isOverSql } from "./over-sql.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { one, rows } from "./tx.ts";

/** So many lines and events tell how long the others are. */
const weighed = 50;
/** What a row takes besides its text, and what a run and its steps take besides lines and events; about. Bytes. */
const perRow = 60;
const perRun = 6_000;

/** What has to be known before something is taken away; see the contract. */
export const removalReads = (deps: SqlDeps): Omit<Removal, "trim" | "remove"> => {
  const { db, schema, tx } = deps;
  const { runs, runCounts, exports, events, logLines } = schema;
  return {
    workflows: () =>
      tx.read(function* () {
        const counted = yield* rows(
          db
            .select({ id: runCounts.workflowId })
            .from(runCounts)
            .where(and(inArray(runCounts.state, runStates), gt(runCounts.n, 0))),
        );
        return [...new Set(counted.map(({ id }) => id))].filter((id) => !isOfItems(id)).sort();
      }),
    over: (filter, limit) => tx.read(() => rows(over(deps, filter).limit(limit))),
    placeAt: (at) =>
      tx.read(function* () {
        const first = yield* one(
          db
            .select({ seq: runs.seq })
            .from(runs)
            .where(gte(runs.createdAt, at))
            .orderBy(runs.createdAt)
            .limit(1),
        );
        return first?.seq ?? Number.MAX_SAFE_INTEGER;
      }),
    placeOfNewest: (workflowId, n) =>
      tx.read(function* () {
        const nth = yield* one(
          db
            .select({ seq: runs.seq })
            .from(runs)
            .where(eq(runs.workflowId, workflowId))
            .orderBy(desc(runs.seq))
            .limit(1)
            .offset(n - 1),
        );
        return nth?.seq ?? 0;
      }),
    exportsOf: (runIds) =>
      tx.read(function* () {
        const owned = yield* rows(
          db
            .select()
            .from(exports)
            .where(inArray(exports.ownerRunId, [...runIds])),
        );
        return owned.map(toExport);
      }),
    weigh: (runId) =>
      tx.read(function* () {
        const run = yield* one(
          db.select({ events: runs.lastEvent, lines: runs.lastLog }).from(runs).where(eq(runs.id, runId)),
        );
        if (run === null) return 0;
        const newest = (table: typeof events | typeof logLines, column: "data" | "text") =>
          db
            .select({ bytes: sql<number>`length(${sql.identifier(column)})` })
            .from(table)
            .where(eq(table.runId, runId))
            .orderBy(desc(table.n))
            .limit(weighed);
        const ofEvents = yield* rows(newest(events, "data"));
        const ofLines = yield* rows(newest(logLines, "text"));
        return perRun + sizeOf(ofEvents, run.events) + sizeOf(ofLines, run.lines);
      }),
    exportFiles: (after, limit) =>
      tx.read(function* () {
        const page = yield* rows(
          db
            .select({ seq: exports.seq, path: exports.filePath })
            .from(exports)
            .where(gt(exports.seq, after))
            .orderBy(asc(exports.seq))
            .limit(limit),
        );
        const last = page.length < limit ? undefined : page.at(-1);
        return { paths: page.flatMap(({ path }) => (path === null ? [] : [path])), next: last?.seq ?? null };
      }),
  };
};

/** Of so many rows, those among them whose texts were measured. Nothing where none is left. */
const sizeOf = (measured: readonly { bytes: number }[], many: number): number => {
  if (measured.length === 0) return 0;
  const mean = measured.reduce((sum, { bytes }) => sum + bytes, 0) / measured.length;
  return Math.round(many * (mean + perRow));
};

const over = ({ db, schema: { runs } }: SqlDeps, { workflowId, after, below, withLog }: OverFilter) =>
  db
    .select({
      id: runs.id,
      seq: runs.seq,
      endedAt: runs.endedAt,
      changedAt: runs.changedAt,
      finalizedAt: runs.finalizedAt,
      trimmedAt: runs.trimmedAt,
      trimmedDays: runs.trimmedDays,
    })
    .from(runs)
    .where(
      and(
        eq(runs.workflowId, workflowId),
        gt(runs.seq, after),
        lt(runs.seq, below),
        withLog ? hasLogSql : isOverSql,
      ),
    )
    .orderBy(asc(runs.seq));
