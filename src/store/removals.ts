import { and, eq, gte, inArray, lt, sql } from "drizzle-orm";
import { AppError, noRun } from "#core/errors.ts";
import type { Removal, Trim } from "#core/removal.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import type { RunStatements } from "./change.ts";
import { countIn } from "./cleanings.ts";
import { toExport } from "./exports.ts";
import type { HeldRuns } from "./held-runs.ts";
import { removalReads } from "./removal-reads.ts";
import { readRun, toRunWithSteps } from "./run-rows.ts";
import { passingTypes } from "./runs.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows, type Tx } from "./tx.ts";

/** So many numbers of events and of lines go at once: a few milliseconds. */
const slice = 500;

/** Taking away runs that are over; see the contract. */
export const removals = (deps: SqlDeps, { q }: Pick<RunStatements, "q">, held: HeldRuns): Removal => {
  const { db, schema, tx } = deps;
  const { exports } = schema;
  return {
    ...removalReads(deps),
    trim: async (runId, what, from) => {
      const next = await tx.write(() => trim(deps, q, runId, what, from));
      held.forget(runId);
      return next;
    },
    remove: async (runId, { exports: withExports, cleaning }, assertMay) => {
      const removed = await tx.write(function* () {
        const run = yield* must(q, runId);
        assertMay(run);
        const owned = withExports
          ? yield* rows(db.delete(exports).where(eq(exports.ownerRunId, runId)).returning())
          : [];
        yield* removeRows(deps, run);
        const bytes = owned.reduce((all, { sizeBytes }) => all + (sizeBytes ?? 0), 0);
        yield* countIn(deps, cleaning, {
          workflowId: run.run.workflowId,
          runs: 1,
          logs: 0,
          exports: owned.length,
          bytes,
        });
        return { run, exports: owned.map(toExport) };
      });
      held.forget(runId);
      return removed;
    },
  };
};

function* must(q: RunStatements["q"], id: string): Tx<RunWithSteps> {
  const found = yield* readRun(q, id);
  if (found === null) throw new AppError("not-found", noRun);
  return toRunWithSteps(found.row, found.steps);
}

function* trim(
  deps: SqlDeps,
  q: RunStatements["q"],
  runId: string,
  { at, what, days, cleaning }: Trim,
  from: number,
): Tx<number | null> {
  const {
    db,
    schema: { runs, events, logLines },
  } = deps;
  const row = yield* one(q.run, { id: runId });
  if (row === null) return null;
  if (!isOver(row.state))
    throw new AppError("not-allowed-now", "This run is under way again, so its log stays.");
  // Its version tells pages to draw it anew; that it changed, in the words of lists, it did not.
  const version = sql`${runs.version} + 1`;
  if (row.trimmedAt === null || from === 0)
    yield* exec(db.update(runs).set({ trimmedAt: at, trimmedDays: null, version }).where(eq(runs.id, runId)));
  const to = from + slice;
  const ofSlice = (table: typeof events | typeof logLines) =>
    and(eq(table.runId, runId), gte(table.n, from), lt(table.n, to));
  const passing = what === "all" ? undefined : inArray(events.type, passingTypes);
  yield* exec(db.delete(events).where(and(ofSlice(events), passing)));
  yield* exec(db.delete(logLines).where(ofSlice(logLines)));
  if (to <= Math.max(row.lastEvent, row.lastLog)) return to;
  if (days !== null) {
    yield* exec(db.update(runs).set({ trimmedDays: days, version }).where(eq(runs.id, runId)));
    const { workflowId } = row;
    yield* countIn(deps, cleaning, { workflowId, runs: 0, logs: 1, exports: 0, bytes: 0 });
  }
  return null;
}

function* removeRows({ db, schema }: SqlDeps, { run }: RunWithSteps): Tx<void> {
  const { runs, steps, events, logLines, told, handOvers, shares, items, deletedNumbers } = schema;
  const { notices, deliveries, bells } = schema;
  for (const table of [steps, events, logLines, told, handOvers, shares, items, notices, deliveries, bells])
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
