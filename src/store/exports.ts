import { and, desc, eq, lt } from "drizzle-orm";
import { AppError } from "#core/errors.ts";
import type {
  Export,
  ExportFilter,
  ExportPatch,
  ExportRegistry,
  ExportStatus,
  NewExport,
} from "#core/exports.ts";
import { type Page, pageOf } from "./page.ts";
import type { Schema } from "./schema.ts";
import { holds } from "./search.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows, type Tx } from "./tx.ts";

type Row = Schema["exports"]["$inferSelect"];

/** The export registry. That a query has one current export is a unique index, not a hope. */
export const exportRegistry = (deps: SqlDeps): ExportRegistry => {
  const { db, schema, tx, now } = deps;
  const { exports } = schema;
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
    list: (filter) => tx.read(() => list(deps, filter)),
    ready: (connectionId, org, project) =>
      tx.read(function* () {
        const here = and(
          eq(exports.connectionId, connectionId),
          eq(exports.org, org),
          eq(exports.project, project),
          eq(exports.status, "ready"),
        );
        return (yield* rows(db.select().from(exports).where(here).orderBy(desc(exports.id)))).map(toExport);
      }),
  };
};

const keyOf = ({ connectionId, queryHash }: { connectionId: string; queryHash: string }): string =>
  `${connectionId}/${queryHash}`;

const toExport = ({ activeKey: _activeKey, ...row }: Row): Export => row;

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
  const activeKey = keyOf(want);
  const there = yield* current(deps, activeKey);
  if (there !== null && (notBefore === null || there.createdAt >= notBefore))
    return { row: toExport(there), made: false };
  if (there !== null)
    yield* exec(db.update(schema.exports).set({ activeKey: null }).where(eq(schema.exports.id, there.id)));
  const at = now();
  const row: Row = {
    ...want,
    id: newId(),
    activeKey,
    status: "creating",
    remoteStatus: null,
    jobId: null,
    jobUrl: null,
    downloadUrl: null,
    ownerRunId: runId,
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
  yield* exec(db.insert(schema.exports).values(row));
  return { row: toExport(row), made: true };
}

/** A status after which the query is free for a new export. */
const frees = (status: ExportStatus): boolean => status === "failed" || status === "deleted";

function* update(deps: SqlDeps, id: string, runId: string, patch: ExportPatch): Tx<Export> {
  const row = yield* mustRead(deps, id);
  if (row.ownerRunId !== runId) throw new AppError("conflict", "Another run has taken this export over.");
  return yield* write(deps, row, patch);
}

function* write(deps: SqlDeps, row: Row, patch: ExportPatch): Tx<Export> {
  const { db, schema, now } = deps;
  const activeKey = yield* keyAfter(deps, row, patch.status ?? row.status);
  const after: Row = { ...row, ...patch, activeKey, updatedAt: now() };
  yield* exec(db.update(schema.exports).set(after).where(eq(schema.exports.id, row.id)));
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
    "The same export was ordered anew meanwhile, so this one stays as it is. Start a new run to get the file of the new one.",
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

function* list({ db, schema: { exports } }: SqlDeps, filter: ExportFilter): Tx<Page<Export>> {
  const { search, status, after, limit } = filter;
  const found = yield* rows(
    db
      .select()
      .from(exports)
      .where(
        and(
          holds([exports.title, exports.fileName, exports.analysis, exports.org], search),
          // Without a filter what was deleted and replaced is still told, so that nothing vanishes without a word.
          status === undefined ? undefined : eq(exports.status, status),
          after === undefined ? undefined : lt(exports.id, after),
        ),
      )
      .orderBy(desc(exports.id))
      .limit(limit + 1),
  );
  return pageOf(found.map(toExport), limit);
}
