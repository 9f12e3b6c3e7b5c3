import { and, desc, eq, getTableColumns, lt, notInArray, sql } from "drizzle-orm";
import { type ExportFilter, type ExportStatus, exportStatuses, frees } from "#core/exports.ts";
import { itemWorkflowId } from "#core/item.ts";
import { type Page, pageOf, seqBefore } from "./page.ts";
import type { Schema } from "./schema.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { all, rows, type Tx } from "./tx.ts";

type Row = Schema["exports"]["$inferSelect"];

/** A page of the registry, newest first. */
export function* exportsPage(deps: SqlDeps, filter: ExportFilter): Tx<Page<Row>> {
  return pageOf(yield* newestOf(deps, filter), filter.limit);
}

/** Words are looked for in the search table, and among the few exports that are under way in the rows themselves. */
function* newestOf(deps: SqlDeps, filter: ExportFilter): Tx<Row[]> {
  const { search = "", status, limit } = filter;
  if (search.trim() === "") return yield* rows(newest(deps, filter, status));
  const statuses = status === undefined ? exportStatuses : [status];
  const found = yield* all([
    ...statuses.filter(isUnderWay).map((one) => ({ query: newest(deps, filter, one) })),
    ...(statuses.every(isUnderWay) ? [] : [{ query: newestFound(deps, filter) }]),
  ]);
  return found
    .flat()
    .sort((a, b) => b.seq - a.seq)
    .slice(0, limit + 1);
}

const isUnderWay = (status: ExportStatus): boolean => status !== "ready" && !frees(status);

// Without a filter what was deleted and replaced is still told, so that nothing vanishes without a word.
const newest = (
  { db, schema: { exports }, search }: SqlDeps,
  { search: words = "", hidden = [], after, limit }: ExportFilter,
  status?: ExportStatus,
) => {
  const fileName = sql`coalesce(${exports.fileName}, '')`;
  return db
    .select()
    .from(exports)
    .where(
      and(
        status === undefined ? undefined : eq(exports.status, status),
        lt(exports.seq, seqBefore(after)),
        butOf(exports.workflowId, hidden),
        search.holds([exports.title, fileName, exports.analysis, exports.org], words),
      ),
    )
    .orderBy(desc(exports.seq))
    .limit(limit + 1);
};

/** None of these workflows, and of none whose runs are items of theirs. */
const butOf = (workflowId: Schema["exports"]["workflowId"], hidden: readonly string[]) =>
  hidden.length === 0
    ? undefined
    : and(
        notInArray(workflowId, [...hidden]),
        ...hidden.map((id) => {
          const beginning = itemWorkflowId(id, "");
          return sql`substr(${workflowId}, 1, ${beginning.length}) <> ${beginning}`;
        }),
      );

const newestFound = (
  { db, schema: { exports }, search }: SqlDeps,
  { search: words = "", status, hidden = [], after, limit }: ExportFilter,
) =>
  db
    .select(getTableColumns(exports))
    .from(search.exports)
    .crossJoin(exports)
    .where(
      and(
        search.matches(search.exports, { words, places: status === undefined ? [] : [[status]] }),
        lt(search.exports.seq, seqBefore(after)),
        eq(exports.seq, search.exports.seq),
        butOf(exports.workflowId, hidden),
      ),
    )
    .orderBy(desc(search.exports.seq))
    .limit(limit + 1);
