import { and, eq, gte, lt, sql } from "drizzle-orm";
import { AppError } from "#core/errors.ts";
import type { Removal } from "#core/removal.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import type { RunStatements } from "./change.ts";
import { toExport } from "./exports.ts";
import type { HeldRuns } from "./held-runs.ts";
import { readSteps, toRunWithSteps } from "./run-rows.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows, type Tx } from "./tx.ts";

/** So many numbers of events and of lines go at once: a few milliseconds. */
const slice = 500;

/** Taking away runs that are over; see the contract. */
export const removals = (deps: SqlDeps, { q }: Pick<RunStatements, "q">, held: HeldRuns): Removal => {
  const { db, schema, tx } = deps;
  const { exports } = schema;
  return {
    trim: async (runId, at, from) => {
      const next = await tx.write(() => trim(deps, q, runId, at, from));
      held.forget(runId);
      return next;
    },
    remove: async (runId, withExports, assertMay) => {
      const removed = await tx.write(function* () {
        const run = yield* must(q, runId);
        assertMay(run);
        const owned = withExports
          ? yield* rows(db.delete(exports).where(eq(exports.ownerRunId, runId)).returning())
          : [];
        yield* removeRows(deps, run);
        return { run, exports: owned.map(toExport) };
      });
      held.forget(runId);
      return removed;
    },
  };
};

function* must(q: RunStatements["q"], id: string): Tx<RunWithSteps> {
  const row = yield* one(q.run, { id });
  if (row === null) throw new AppError("not-found", "There is no such run.");
  return toRunWithSteps(row, yield* readSteps(q, id));
}

function* trim(
  { db, schema: { runs, events, logLines } }: SqlDeps,
  q: RunStatements["q"],
  runId: string,
  at: number,
  from: number,
): Tx<number | null> {
  const row = yield* one(q.run, { id: runId });
  if (row === null) return null;
  if (!isOver(row.state))
    throw new AppError("not-allowed-now", "This run is under way again, so its log stays.");
  if (row.trimmedAt === null || from === 0) {
    // Its version tells pages to draw it anew; that it changed, in the words of lists, it did not.
    const marked = { trimmedAt: at, version: sql`${runs.version} + 1` };
    yield* exec(db.update(runs).set(marked).where(eq(runs.id, runId)));
  }
  const to = from + slice;
  const ofSlice = (table: typeof events | typeof logLines) =>
    and(eq(table.runId, runId), gte(table.n, from), lt(table.n, to));
  yield* exec(db.delete(events).where(ofSlice(events)));
  yield* exec(db.delete(logLines).where(ofSlice(logLines)));
  return to > Math.max(row.lastEvent, row.lastLog) ? null : to;
}

function* removeRows({ db, schema }: SqlDeps, { run }: RunWithSteps): Tx<void> {
  const { runs, steps, events, logLines, told, handOvers, deletedNumbers } = schema;
  for (const table of [steps, events, logLines, told, handOvers])
    yield* exec(db.delete(table).where(eq(table.runId, run.id)));
  const { workflowId, number: highest } = run;
  yield* exec(
    db
      .insert(deletedNumbers)
      .values({ workflowId, highest })
      .onConflictDoUpdate({
        target: deletedNumbers.workflowId,
        set: {
          highest: sql`case when excluded.highest > ${deletedNumbers.highest} then excluded.highest else ${deletedNumbers.highest} end`,
        },
      }),
  );
  yield* exec(db.delete(runs).where(eq(runs.id, run.id)));
}
