import type { ConnectionReport, ConnectionValues } from "#core/connection.ts";
import type { NewLogLine } from "#core/event.ts";
import type { Export, ExportStatus } from "#core/exports.ts";
import type { Run, RunMode, Wish } from "#core/run.ts";
import type { RunState, StepState } from "#core/states.ts";
import type { Step, StepKind } from "#core/step.ts";
import type { Columns } from "./dialect.ts";

/** The one schema of all databases. Whatever is added here needs `npm run db:generate`. */
export const define = ({
  table,
  text,
  integer,
  counter,
  real,
  instant,
  boolean,
  json,
  index,
  uniqueIndex,
  primaryKey,
}: Columns) => {
  const runs = table(
    "runs",
    {
      id: text().primaryKey(),
      workflowId: text().notNull(),
      title: text().notNull(),
      subject: text().notNull(),
      state: text<RunState>().notNull(),
      mode: text<RunMode>().notNull().default("automatic"),
      input: json<unknown>(),
      values: json<Run["values"] | null>(),
      secrets: json<Run["secrets"]>(),
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
      createdAt: instant().notNull(),
      createdBy: text().notNull(),
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
    },
    (run) => [
      uniqueIndex("runs_lock_held").on(run.lockHeld),
      index("runs_due").on(run.state, run.wakeAt),
      index("runs_workflow").on(run.workflowId, run.state, run.id),
      // Lists are read newest first: by state, by workflow, or all.
      index("runs_state").on(run.state, run.id),
      index("runs_of_workflow").on(run.workflowId, run.id),
    ],
  );
  return {
    runs,
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
        index("exports_project").on(row.connectionId, row.org, row.project),
      ],
    ),
    connections: table("connections", {
      id: text().primaryKey(),
      kind: text().notNull(),
      name: text().notNull(),
      values: json<ConnectionValues>().notNull(),
      sealed: text().notNull(),
      builtIn: boolean().notNull(),
      createdAt: instant().notNull(),
      lastTest: json<(ConnectionReport & { at: number }) | null>(),
    }),
    signInLinks: table("sign_in_links", { secretHash: text().primaryKey(), expiresAt: instant().notNull() }),
    sessions: table(
      "sessions",
      {
        id: text().primaryKey(),
        secretHash: text().notNull(),
        userName: text().notNull(),
        tokenId: text(),
        createdAt: instant().notNull(),
        lastSeenAt: instant().notNull(),
        expiresAt: instant().notNull(),
      },
      (session) => [uniqueIndex("sessions_secret").on(session.secretHash)],
    ),
    apiTokens: table(
      "api_tokens",
      {
        id: text().primaryKey(),
        secretHash: text().notNull(),
        name: text().notNull(),
        createdAt: instant().notNull(),
        lastUsedAt: instant(),
      },
      (token) => [uniqueIndex("api_tokens_secret").on(token.secretHash)],
    ),
    audit: table("audit", {
      id: counter().primaryKey(),
      at: instant().notNull(),
      by: text().notNull(),
      did: text().notNull(),
      target: text().notNull(),
    }),
    handOvers: table(
      "hand_overs",
      { sessionId: text().notNull(), exportId: text().notNull(), at: instant().notNull() },
      (row) => [primaryKey({ columns: [row.sessionId, row.exportId] })],
    ),
  };
};

export type Schema = ReturnType<typeof define>;
