import { isNotNull, isNull, sql } from "drizzle-orm";
import type { NewLogLine } from "#core/event.ts";
import type { Export, ExportStatus } from "#core/exports.ts";
import { ownerId } from "#core/people.ts";
import type { Run, RunMode, Wish } from "#core/run.ts";
import type { RunState, StepState } from "#core/states.ts";
import type { Step, StepKind } from "#core/step.ts";
import { besideRuns } from "./beside-runs.ts";
import { countSchema } from "./count-schema.ts";
import type { Columns } from "./dialect.ts";
import { hasLogSql, isOverSql } from "./over-sql.ts";

/** The one schema of all databases. Whatever is added here needs `npm run db:generate`. */
export const define = (columns: Columns) => {
  const { table, text, integer, real, instant, boolean, json, index, uniqueIndex, primaryKey } = columns;
  const runs = table(
    "runs",
    {
      id: text().primaryKey(),
      /** Its place in the order in which runs were accepted, whatever the clock said: lists and the search table go by it. */
      seq: integer().notNull().default(0),
      workflowId: text().notNull(),
      title: text().notNull(),
      subject: text().notNull(),
      state: text<RunState>().notNull(),
      mode: text<RunMode>().notNull().default("automatic"),
      input: json<unknown>(),
      values: json<Run["values"] | null>(),
      secrets: json<Run["secrets"]>(),
      privates: json<Run["privates"]>(),
      changers: json<Run["changers"]>(),
      version: integer().notNull(),
      lastEvent: integer().notNull(),
      lastLog: integer().notNull(),
      epoch: integer().notNull(),
      claimedBy: text(),
      claimedUntil: instant(),
      wakeAt: instant(),
      wish: text<Wish>(),
      lock: text(),
      /** The lock while the run is not over: unique, so that two writers cannot both hold it. */
      lockHeld: text(),
      turn: text(),
      turnPlace: integer(),
      behind: json<Run["behind"]>(),
      createdAt: instant().notNull(),
      createdBy: text().notNull(),
      starter: text().notNull().default(ownerId),
      cause: json<Run["cause"]>(),
      parent: json<Run["parent"]>(),
      family: text(),
      startedAt: instant(),
      endedAt: instant(),
      changedAt: instant().notNull(),
      error: json<Run["error"]>(),
      cancel: json<Run["cancel"]>(),
      recovery: json<Run["recovery"]>(),
      percentFloor: integer().notNull(),
      outcome: json<Run["outcome"]>(),
      finalizedAt: instant(),
      pausedFrom: text<NonNullable<Run["pausedFrom"]>>(),
      undoTo: text(),
      ended: json<Run["ended"]>(),
      undoneAt: instant(),
      nextInput: json<Run["nextInput"]>(),
      number: integer().notNull().default(0),
      former: json<Run["former"]>(),
      trimmedAt: instant(),
      trimmedDays: integer(),
      size: json<Run["size"]>(),
      code: text(),
    },
    (run) => [
      uniqueIndex("runs_lock_held").on(run.lockHeld),
      uniqueIndex("runs_seq").on(run.seq),
      index("runs_created").on(run.createdAt, run.seq),
      index("runs_turn").on(run.turn, run.turnPlace).where(isNotNull(run.turn)),
      // Claims look only at runs under way, however many there ever were.
      index("runs_due")
        .on(run.wakeAt, run.id)
        .where(sql`${isNull(run.claimedBy)} and ${isNotNull(run.wakeAt)}`),
      index("runs_claimed").on(run.claimedUntil).where(isNotNull(run.claimedBy)),
      // Lists are read newest first: by state, by workflow, by both, or all.
      index("runs_state").on(run.state, run.seq).where(isNull(run.family)),
      index("runs_listed").on(run.seq).where(isNull(run.family)),
      index("runs_family")
        .on(run.family)
        .where(sql`${isNotNull(run.family)} and ${isNotNull(run.claimedBy)}`),
      index("runs_of_workflow").on(run.workflowId, run.seq),
      index("runs_code").on(run.code, run.state).where(isNotNull(run.code)),
      uniqueIndex("runs_number").on(run.workflowId, run.number),
      index("runs_workflow").on(run.workflowId, run.state, run.seq),
      // Those under way are few; this one would grow with each of their changes.
      index("runs_changed").on(run.changedAt, run.id).where(isOverSql),
      index("runs_with_log").on(run.workflowId, run.seq).where(hasLogSql),
    ],
  );
  return {
    runs,
    ...countSchema(columns),
    steps: table(
      "steps",
      {
        runId: text()
          .notNull()
          .references(() => runs.id),
        id: text().notNull(),
        position: integer().notNull(),
        kind: text<StepKind>().notNull(),
        title: text().notNull(),
        state: text<StepState>().notNull(),
        attempt: integer().notNull(),
        startedAt: instant(),
        endedAt: instant(),
        activeMs: integer().notNull(),
        attemptAt: instant(),
        backoffMs: integer().notNull().default(0),
        signAt: instant(),
        quietMs: integer().notNull().default(0),
        progress: json<Step["progress"]>(),
        share: real(),
        substeps: json<Step["substeps"]>().notNull(),
        result: json<unknown>(),
        detail: text(),
        form: json<Step["form"]>(),
        error: json<Step["error"]>(),
        waiting: json<Step["waiting"]>(),
        weightMs: integer().notNull(),
        skippable: text(),
        undoable: boolean().notNull(),
      },
      (step) => [primaryKey({ columns: [step.runId, step.id] })],
    ),
    starts: table(
      "starts",
      {
        by: text().notNull(),
        key: text().notNull(),
        asked: text().notNull(),
        runId: text()
          .notNull()
          .references(() => runs.id, { onDelete: "cascade" }),
      },
      (row) => [primaryKey({ columns: [row.by, row.key] }), index("starts_run").on(row.runId)],
    ),
    events: table(
      "events",
      {
        runId: text()
          .notNull()
          .references(() => runs.id),
        n: integer().notNull(),
        at: instant().notNull(),
        type: text().notNull(),
        stepId: text(),
        data: json<object>().notNull(),
      },
      (event) => [primaryKey({ columns: [event.runId, event.n] })],
    ),
    told: table(
      "told",
      {
        runId: text()
          .notNull()
          .references(() => runs.id),
        tenth: integer().notNull(),
        at: instant().notNull(),
        spentMs: integer().notNull(),
        p10Ms: integer().notNull(),
        p50Ms: integer().notNull(),
        p90Ms: integer().notNull(),
        runs: integer().notNull(),
      },
      (row) => [primaryKey({ columns: [row.runId, row.tenth] })],
    ),
    logLines: table(
      "log_lines",
      {
        runId: text()
          .notNull()
          .references(() => runs.id),
        n: integer().notNull(),
        at: instant().notNull(),
        stepId: text().notNull(),
        attempt: integer().notNull(),
        level: text<NewLogLine["level"]>().notNull(),
        text: text().notNull(),
        whole: text(),
      },
      (line) => [primaryKey({ columns: [line.runId, line.n] })],
    ),
    exports: table(
      "exports",
      {
        id: text().primaryKey(),
        seq: integer().notNull().default(0),
        provider: text().notNull(),
        connectionId: text().notNull(),
        org: text().notNull(),
        project: text().notNull(),
        analysis: text().notNull(),
        title: text().notNull(),
        queryHash: text().notNull(),
        /** Connection and query hash while the row is the current one of its query: unique. */
        activeKey: text(),
        query: json<unknown>(),
        status: text<ExportStatus>().notNull(),
        remoteStatus: text(),
        jobId: text(),
        jobUrl: text(),
        downloadUrl: text(),
        ownerRunId: text().notNull(),
        /** Of the run that made it, which may be gone. */
        workflowId: text().notNull().default(""),
        filePath: text(),
        fileName: text(),
        sizeBytes: integer(),
        rows: integer(),
        expectedRows: integer(),
        sha256: text(),
        header: json<Export["header"]>(),
        preview: json<Export["preview"]>(),
        error: text(),
        createdAt: instant().notNull(),
        postedAt: instant(),
        readyAt: instant(),
        deletedAt: instant(),
        updatedAt: instant().notNull(),
      },
      (row) => [
        uniqueIndex("exports_active").on(row.activeKey),
        uniqueIndex("exports_seq").on(row.seq),
        index("exports_status").on(row.status, row.seq),
        index("exports_owner").on(row.ownerRunId),
        index("exports_project").on(row.connectionId, row.org, row.project, row.analysis, row.status),
      ],
    ),
    ...besideRuns(columns),
  };
};

export type Schema = ReturnType<typeof define>;
