import { and, eq, sql } from "drizzle-orm";
import { AppError } from "#core/errors.ts";
import {
  type Export,
  type ExportPatch,
  type ExportRegistry,
  type ExportStatus,
  frees,
  type NewExport,
} from "#core/exports.ts";
import { exportsPage } from "./export-lists.ts";
import type { Schema } from "./schema.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { all, exec, one, type Tx } from "./tx.ts";

type Row = Schema["exports"]["$inferSelect"];

/** The export registry. That a query has one current export is a unique index, not a hope. */
export const exportRegistry = (deps: SqlDeps): ExportRegistry => {
  const { db, schema, tx, now } = deps;
  const { exports } = schema;
  const isSaved = db
    .select({ id: exports.id })
    .from(exports)
    .where(
      and(
        eq(exports.connectionId, sql.placeholder("connectionId")),
        eq(exports.org, sql.placeholder("org")),
        eq(exports.project, sql.placeholder("project")),
        eq(exports.analysis, sql.placeholder("analysis")),
        eq(exports.status, "ready"),
      ),
    )
    .limit(1)
    .prepare();
  return {
    reserve: (want, runId, notBefore) => tx.write(() => reserve(deps, want, runId, notBefore)),
    get: (id) =>
      tx.read(function* () {
        const row = yield* read(deps, id);
        return row === null ? null : toExport(row);
      }),
    current: (connectionId, queryHash) =>
      tx.read(function* () {
        const row = yield* current(deps, keyOf({ connectionId, queryHash }));
        return row === null ? null : toExport(row);
      }),
    update: (id, runId, patch) => tx.write(() => update(deps, id, runId, patch)),
    owner: (id) => tx.read(() => owner(deps, id)),
    takeOver: (id, fromRunId, toRunId) =>
      tx.write(function* () {
        const taken = yield* one(
          db
            .update(exports)
            .set({ ownerRunId: toRunId, updatedAt: now() })
            .where(and(eq(exports.id, id), eq(exports.ownerRunId, fromRunId)))
            .returning({ id: exports.id }),
        );
        return taken !== null;
      }),
    markDeleted: (id) =>
      tx.write(function* () {
        const row = yield* mustRead(deps, id);
        return yield* write(deps, row, { status: "deleted", filePath: null, deletedAt: now() });
      }),
    list: (filter) =>
      tx.read(function* () {
        const { rows: shown, next } = yield* exportsPage(deps, filter);
        return { rows: shown.map(toExport), next };
      }),
    saved: ({ connectionId, org, project }, analyses) =>
      tx.read(function* () {
        const found = yield* all(
          analyses.map((analysis) => ({ query: isSaved, params: { connectionId, org, project, analysis } })),
        );
        return analyses.filter((_, place) => found[place]?.length !== 0);
      }),
  };
};

const keyOf = ({ connectionId, queryHash }: { connectionId: string; queryHash: string }): string =>
  `${connectionId}/${queryHash}`;

export const toExport = ({ seq: _seq, activeKey: _activeKey, ...row }: Row): Export => row;

function* read({ db, schema }: SqlDeps, id: string): Tx<Row | null> {
  return yield* one(db.select().from(schema.exports).where(eq(schema.exports.id, id)));
}

function* mustRead(deps: SqlDeps, id: string): Tx<Row> {
  const row = yield* read(deps, id);
  if (row === null) throw new AppError("not-found", "There is no such export in the registry.");
  return row;
}

function* current({ db, schema }: SqlDeps, activeKey: string): Tx<Row | null> {
  return yield* one(db.select().from(schema.exports).where(eq(schema.exports.activeKey, activeKey)));
}

function* reserve(
  deps: SqlDeps,
  want: NewExport,
  runId: string,
  notBefore: number | null,
): Tx<{ row: Export; made: boolean }> {
  const { db, schema, now, newId } = deps;
  const { runs } = schema;
  const activeKey = keyOf(want);
  const there = yield* current(deps, activeKey);
  if (there !== null && (notBefore === null || there.createdAt >= notBefore))
    return { row: toExport(there), made: false };
  if (there !== null)
    yield* exec(db.update(schema.exports).set({ activeKey: null }).where(eq(schema.exports.id, there.id)));
  const at = now();
  const maker = yield* one(db.select({ workflowId: runs.workflowId }).from(runs).where(eq(runs.id, runId)));
  const row: Row = {
    ...want,
    id: newId(),
    // It gets its number as it is inserted.
    seq: 0,
    activeKey,
    status: "creating",
    remoteStatus: null,
    jobId: null,
    jobUrl: null,
    downloadUrl: null,
    ownerRunId: runId,
    workflowId: maker?.workflowId ?? "",
    filePath: null,
    fileName: null,
    sizeBytes: null,
    rows: null,
    sha256: null,
    header: null,
    preview: null,
    error: null,
    createdAt: at,
    postedAt: null,
    readyAt: null,
    deletedAt: null,
    updatedAt: at,
  };
  const { seq } = schema.exports;
  const next = sql`(select coalesce(max(${seq}), 0) + 1 from ${schema.exports})`;
  yield* exec(db.insert(schema.exports).values({ ...row, seq: next }));
  return { row: toExport(row), made: true };
}

function* update(deps: SqlDeps, id: string, runId: string, patch: ExportPatch): Tx<Export> {
  const row = yield* mustRead(deps, id);
  if (row.ownerRunId !== runId)
    throw new AppError("conflict", "Another run works on this export by now. Look at that run.");
  return yield* write(deps, row, patch);
}

function* write(deps: SqlDeps, row: Row, patch: ExportPatch): Tx<Export> {
  const { db, schema, now } = deps;
  const activeKey = yield* keyAfter(deps, row, patch.status ?? row.status);
  const after: Row = { ...row, ...patch, activeKey, updatedAt: now() };
  const { id: _id, seq: _seq, ...set } = after;
  yield* exec(db.update(schema.exports).set(set).where(eq(schema.exports.id, row.id)));
  return toExport(after);
}

/** An export that comes back to life after it had failed takes its query again, unless another has it by now. */
function* keyAfter(deps: SqlDeps, row: Row, status: ExportStatus): Tx<string | null> {
  if (frees(status)) return null;
  if (!frees(row.status)) return row.activeKey;
  const key = keyOf(row);
  if ((yield* current(deps, key)) === null) return key;
  throw new AppError(
    "conflict",
    "The same export was ordered once more meanwhile, so this one stays as it is.",
  );
}

function* owner(
  { db, schema }: SqlDeps,
  id: string,
): Tx<{ runId: string; state: Schema["runs"]["$inferSelect"]["state"] | null }> {
  const { exports, runs } = schema;
  const found = yield* one(
    db
      .select({ runId: exports.ownerRunId, state: runs.state })
      .from(exports)
      .leftJoin(runs, eq(runs.id, exports.ownerRunId))
      .where(eq(exports.id, id)),
  );
  if (found === null) throw new AppError("not-found", "There is no such export in the registry.");
  return found;
}
