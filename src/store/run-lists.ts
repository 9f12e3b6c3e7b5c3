import { and, desc, eq, getTableColumns, gt, gte, inArray, isNotNull, isNull, lt } from "drizzle-orm";
import { isOfItems, offeredId } from "#core/item.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isOver, type RunState, runStates } from "#core/states.ts";
import type { RunFilter, Starter, Store } from "#core/store.ts";
import { overSince, underWaySince } from "./changed-runs.ts";
import { type Page, pageOf, seqBefore } from "./page.ts";
import { readSteps, toRunWithSteps } from "./run-rows.ts";
import type { RunQueries } from "./runs.ts";
import type { Schema } from "./schema.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { all, one, rows, type Tx } from "./tx.ts";

type RunRow = Schema["runs"]["$inferSelect"];

export type RunLists = Pick<
  Store,
  "runs" | "countRuns" | "atWork" | "underWaySince" | "overSince" | "codeUse"
>;

/** Lists of runs. None costs more with all the runs that there ever were: each begins in an index and ends at its limit. */
export const runLists = (deps: SqlDeps, q: RunQueries): RunLists => {
  const { read } = deps.tx;
  return {
    runs: (filter) => read(() => readPage(deps, q, filter)),
    countRuns: (hidden = []) => read(() => countByState(deps, hidden)),
    atWork: (who, most) =>
      read(function* () {
        return (yield* rows(atWork(deps, who, most))).length;
      }),
    underWaySince: (at) => read(() => rows(underWaySince(deps, at))),
    overSince: (from, limit) => read(() => rows(overSince(deps, from, limit))),
    codeUse: (code) => read(() => codeUse(deps, code)),
  };
};

function* readPage(deps: SqlDeps, q: RunQueries, asked: RunFilter): Tx<Page<RunWithSteps>> {
  const filter = {
    ...asked,
    workflows: yield* workflowsOf(deps, asked),
    between: yield* seqsBetween(deps, asked),
  };
  const page = pageOf(yield* newestOf(deps, filter), filter.limit);
  const stepsOf = yield* readSteps(
    q,
    page.rows.map(({ id }) => id),
  );
  return { rows: page.rows.map((row) => toRunWithSteps(row, stepsOf(row.id))), next: page.next };
}

/** A filter with the workflows in which it looks, where it does not look in all, and the numbers between which all that it finds are. */
type Bounded = RunFilter & {
  workflows: readonly string[] | undefined;
  between: { above: number; below: number };
};

/** Those that are not hidden are named, so that each list begins in the index of its workflow and walks through nothing that it must not show. */
function* workflowsOf(
  { db, schema: { runCounts } }: SqlDeps,
  { workflowId, hidden = [] }: RunFilter,
): Tx<Bounded["workflows"]> {
  if (workflowId !== undefined) return hidden.includes(offeredId(workflowId)) ? [] : [workflowId];
  if (hidden.length === 0) return undefined;
  const counted = yield* rows(
    db
      .select({ workflowId: runCounts.workflowId })
      .from(runCounts)
      .where(inArray(runCounts.state, runStates)),
  );
  return [...new Set(counted.map((row) => row.workflowId))].filter(
    (id) => !isOfItems(id) && !hidden.includes(id),
  );
}

/** However far the clock was set back, as long as it was less than this, the numbers between which a list looks hold all that fits. */
const clockSlackMs = 24 * 3_600_000;

/**
 * The numbers of the runs between two times, so that a list begins and ends there: runs have their numbers in the order in which they were
 * accepted, which is nearly that of their times.
 */
function* seqsBetween(
  { db, schema: { runs } }: SqlDeps,
  { since, until }: RunFilter,
): Tx<Bounded["between"]> {
  const nearest = (at: number, forward: boolean) =>
    db
      .select({ seq: runs.seq })
      .from(runs)
      .where(forward ? gte(runs.createdAt, at) : lt(runs.createdAt, at))
      .orderBy(forward ? runs.createdAt : desc(runs.createdAt))
      .limit(1);
  const first = since === undefined ? undefined : yield* one(nearest(since - clockSlackMs, true));
  const last = until === undefined ? undefined : yield* one(nearest(until + clockSlackMs, false));
  return {
    above: since === undefined ? 0 : (first?.seq ?? Number.MAX_SAFE_INTEGER) - 1,
    below: until === undefined ? Number.MAX_SAFE_INTEGER : (last?.seq ?? 0) + 1,
  };
}

const within = ({ runs }: SqlDeps["schema"], { since, until }: Pick<RunFilter, "since" | "until">) =>
  and(
    since === undefined ? undefined : gte(runs.createdAt, since),
    until === undefined ? undefined : lt(runs.createdAt, until),
  );

/**
 * Of each state as many as fit, then the newest of all: no list of states makes the database sort all that it has. Words are looked for in
 * the search table, and among the few that are under way in the rows themselves.
 */
function* newestOf(deps: SqlDeps, filter: Bounded): Tx<RunRow[]> {
  const { search = "", states, workflows } = filter;
  if (workflows?.length === 0) return [];
  // Items are not in the search table: they are looked for among those of their workflow.
  if (search.trim() === "" || workflows?.some(isOfItems) === true)
    return yield* newestOfEach(deps, filter, states ?? [undefined]);
  const found = yield* newestOfEach(deps, filter, (states ?? runStates).filter(isUnderWay));
  const over = states?.filter(isOver);
  if (over?.length !== 0)
    found.push(...(yield* rows(newestFound(deps, search, { ...filter, states: over }))));
  return newest(found, filter);
}

function* newestOfEach(
  deps: SqlDeps,
  filter: Bounded,
  states: readonly (RunState | undefined)[],
): Tx<RunRow[]> {
  const found = yield* all(
    (filter.workflows ?? [undefined]).flatMap((workflowId) =>
      states.map((state) => ({ query: newestRuns(deps, filter, { state, workflowId }) })),
    ),
  );
  return newest(found.flat(), filter);
}

const newest = (found: RunRow[], { limit }: RunFilter): RunRow[] =>
  found.sort((a, b) => b.seq - a.seq).slice(0, limit + 1);

const isUnderWay = (state: RunState): boolean => !isOver(state);

/** One more than the limit, to know whether there is a next page. */
const newestRuns = (
  { db, schema, search }: SqlDeps,
  filter: Bounded,
  { state, workflowId }: { state: RunState | undefined; workflowId: string | undefined },
) => {
  const { runs } = schema;
  const { search: words = "", after, limit, between } = filter;
  return db
    .select()
    .from(runs)
    .where(
      and(
        state === undefined ? undefined : eq(runs.state, state),
        workflowId === undefined ? isNull(runs.family) : eq(runs.workflowId, workflowId),
        gt(runs.seq, between.above),
        lt(runs.seq, Math.min(between.below, seqBefore(after))),
        within(schema, filter),
        search.holds([runs.title, runs.subject, runs.id], words),
      ),
    )
    .orderBy(desc(runs.seq))
    .limit(limit + 1);
};

/**
 * The search table knows workflow and end of a run too, so that a filter does not walk through all that have the words. Where times say nothing about
 * it, the newest are chosen there alone: the database knows what that costs, and not what each of many runs would cost it beside.
 */
const newestFound = (
  { db, schema, search }: SqlDeps,
  words: string,
  filter: Omit<Bounded, "states"> & { states: readonly RunState[] | undefined },
) => {
  const { runs } = schema;
  const { states = [], workflows = [], after, limit, between, since, until } = filter;
  const places = [states, workflows].filter(({ length }) => length > 0);
  const matching = db
    .select({ seq: search.runs.seq })
    .from(search.runs)
    .where(
      and(
        search.matches(search.runs, { words, places }),
        gt(search.runs.seq, between.above),
        lt(search.runs.seq, Math.min(between.below, seqBefore(after))),
      ),
    )
    .orderBy(desc(search.runs.seq))
    .$dynamic();
  const found = (since === undefined && until === undefined ? matching.limit(limit + 1) : matching).as(
    "found",
  );
  return (
    db
      .select(getTableColumns(runs))
      .from(found)
      // Not an inner join, which the database might begin with all runs.
      .crossJoin(runs)
      .where(and(eq(runs.seq, found.seq), within(schema, filter)))
      .orderBy(desc(found.seq))
      .limit(limit + 1)
  );
};

function* countByState(
  { db, schema: { runCounts } }: SqlDeps,
  hidden: readonly string[],
): Tx<Record<RunState, number>> {
  const counted = yield* rows(db.select().from(runCounts).where(inArray(runCounts.state, runStates)));
  const counts = Object.fromEntries(runStates.map((state) => [state, 0])) as Record<RunState, number>;
  for (const { state, workflowId, n } of counted)
    if (!isOfItems(workflowId) && !hidden.includes(workflowId)) counts[state] += n;
  return counts;
}

// Only what is at work is looked at, and no more of it than is asked for.
const atWork = ({ db, schema: { runs } }: SqlDeps, { starter, by }: Starter, most: number) =>
  db
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        isNull(runs.family),
        inArray(runs.state, ["queued", "running"]),
        eq(runs.starter, starter),
        by === undefined ? undefined : eq(runs.createdBy, by),
      ),
    )
    .limit(most);

function* codeUse({ db, schema: { runs } }: SqlDeps, code: string): Tx<{ named: boolean; underWay: number }> {
  const isOfIt = and(isNotNull(runs.code), eq(runs.code, code));
  const any = yield* one(db.select({ id: runs.id }).from(runs).where(isOfIt).limit(1));
  const underWay = yield* rows(
    db
      .select({ id: runs.id })
      .from(runs)
      .where(and(isOfIt, isNull(runs.family), inArray(runs.state, runStates.filter(isUnderWay)))),
  );
  return { named: any !== null, underWay: underWay.length };
}
