import { and, desc, eq, lt, or, sql } from "drizzle-orm";
import { AppError } from "#core/errors.ts";
import type {
  Export,
  ExportFilter,
  ExportPatch,
  ExportRegistry,
  ExportStatus,
  NewExport,
} from "#core/exports.ts";
import type { Db } from "#store/sqlite/driver.ts";
import type { Schema } from "./schema.ts";
import { exec, one, type RunTx, rows, type Tx } from "./tx.ts";

type Row = Schema["exports"]["$inferSelect"];

interface Deps {
  db: Db;
  schema: Schema;
  tx: RunTx;
  now(): number;
  newId(): string;
}

/** The export registry. That a query has one current export is a unique index, not a hope. */
export const exportRegistry = (deps: Deps): ExportRegistry => {
  const { tx, now } = deps;
  return {
    reserve: (want, runId, notBefore) => tx(() => reserve(deps, want, runId, notBefore)),
    get: (id) =>
      tx(function* () {
        const row = yield* read(deps, id);
        return row === null ? null : toExport(row);
      }),
    current: (connectionId, queryHash) =>
      tx(function* () {
        const row = yield* current(deps, keyOf({ connectionId, queryHash }));
        return row === null ? null : toExport(row);
      }),
    update: (id, runId, patch) => tx(() => update(deps, id, runId, patch)),
    owner: (id) => tx(() => owner(deps, id)),
    takeOver: (id, fromRunId, toRunId) =>
      tx(function* () {
        const { exports } = deps.schema;
        const taken = yield* one(
          deps.db
            .update(exports)
            .set({ ownerRunId: toRunId, updatedAt: now() })
            .where(and(eq(exports.id, id), eq(exports.ownerRunId, fromRunId)))
            .returning({ id: exports.id }),
        );
        return taken !== null;
      }),
    markDeleted: (id) =>
      tx(function* () {
        const row = yield* mustRead(deps, id);
        return yield* write(deps, row, { status: "deleted", filePath: null, deletedAt: now() });
      }),
    list: (filter) => tx(() => list(deps, filter)),
    ready: (connectionId, org, project) =>
      tx(function* () {
        const { exports } = deps.schema;
        const here = and(
          eq(exports.connectionId, connectionId),
          eq(exports.org, org),
          eq(exports.project, project),
          eq(exports.status, "ready"),
        );
        return (yield* rows(deps.db.select().from(exports).where(here).orderBy(desc(exports.id)))).map(
          toExport,
        );
      }),
  };
};

const keyOf = ({ connectionId, queryHash }: { connectionId: string; queryHash: string }): string =>
  `${connectionId}/${queryHash}`;

const toExport = ({ activeKey: _activeKey, ...row }: Row): Export => row;

function* read({ db, schema }: Deps, id: string): Tx<Row | null> {
  return yield* one(db.select().from(schema.exports).where(eq(schema.exports.id, id)));
}

function* mustRead(deps: Deps, id: string): Tx<Row> {
  const row = yield* read(deps, id);
  if (row === null) throw new AppError("not-found", "There is no such export in the registry.");
  return row;
}

function* current({ db, schema }: Deps, activeKey: string): Tx<Row | null> {
  return yield* one(db.select().from(schema.exports).where(eq(schema.exports.activeKey, activeKey)));
}

function* reserve(
  deps: Deps,
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

function* update(deps: Deps, id: string, runId: string, patch: ExportPatch): Tx<Export> {
  const row = yield* mustRead(deps, id);
  if (row.ownerRunId !== runId) throw new AppError("conflict", "Another run has taken this export over.");
  return yield* write(deps, row, patch);
}

function* write({ db, schema, now }: Deps, row: Row, patch: ExportPatch): Tx<Export> {
  const status = patch.status ?? row.status;
  const after: Row = { ...row, ...patch, activeKey: frees(status) ? null : row.activeKey, updatedAt: now() };
  yield* exec(db.update(schema.exports).set(after).where(eq(schema.exports.id, row.id)));
  return toExport(after);
}

function* owner(
  { db, schema }: Deps,
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

function* list(
  { db, schema }: Deps,
  { search, status, after, limit }: ExportFilter,
): Tx<{ rows: Export[]; next: string | null }> {
  const { exports } = schema;
  const like =
    search === undefined || search === "" ? null : `%${search.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  const contains = (
    column: typeof exports.title | typeof exports.fileName | typeof exports.analysis | typeof exports.org,
  ) => sql`lower(${column}) like ${like} escape '\\'`;
  const found = yield* rows(
    db
      .select()
      .from(exports)
      .where(
        and(
          like === null
            ? undefined
            : or(
                contains(exports.title),
                contains(exports.fileName),
                contains(exports.analysis),
                contains(exports.org),
              ),
          // Without a filter what was deleted and replaced is still told, so that nothing vanishes without a word.
          status === undefined ? undefined : eq(exports.status, status),
          after === undefined ? undefined : lt(exports.id, after),
        ),
      )
      .orderBy(desc(exports.id))
      .limit(limit + 1),
  );
  const page = found.slice(0, limit);
  return { rows: page.map(toExport), next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
}
