import { and, asc, desc, eq, gt, inArray, isNotNull, sql } from "drizzle-orm";
import type { ItemChange } from "#core/change.ts";
import { failedItems, type Item, itemStateOf, noItems, type Parent } from "#core/item.ts";
import type { ItemPlace, ItemTable, ItemWithRun } from "#core/item-table.ts";
import type { Db } from "./dialect.ts";
import { readRuns, toRunWithSteps } from "./run-rows.ts";
import type { RunQueries } from "./runs.ts";
import type { Schema } from "./schema.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { changed, exec, one, preparedWhenUsed, rows, type Tx } from "./tx.ts";

type RunRow = Schema["runs"]["$inferSelect"];

/** Every statement of items, prepared once. */
export const prepareItems = (db: Db, { items, runs }: Schema) => {
  const ph = sql.placeholder;
  const ofStep = and(eq(items.runId, ph("runId")), eq(items.stepId, ph("stepId")));
  const ofList = and(ofStep, eq(items.round, ph("round")));
  const isOne = and(ofList, eq(items.position, ph("position")));
  const ofItem = eq(runs.id, items.childId);
  const inState = and(ofList, eq(items.state, ph("state")));
  return preparedWhenUsed({
    round: () =>
      db
        .select({ round: items.round })
        .from(items)
        .where(ofStep)
        .orderBy(desc(items.round))
        .limit(1)
        .prepare(),
    insert: () =>
      db
        .insert(items)
        .values({
          runId: ph("runId"),
          stepId: ph("stepId"),
          round: ph("round"),
          position: ph("position"),
          key: ph("key"),
          title: ph("title"),
          input: ph("input"),
          wave: ph("wave"),
          state: "pending",
        } as unknown as Item)
        .prepare(),
    again: () =>
      db
        .update(items)
        .set({ state: "pending", error: null })
        .where(and(ofList, inArray(items.state, [...failedItems])))
        .prepare(),
    begin: () =>
      db
        .update(items)
        .set({ state: "running", childId: sql`${ph("childId")}`, error: null })
        .where(and(isOne, eq(items.state, "pending")))
        .prepare(),
    move: () =>
      db
        .update(items)
        .set({ state: sql`${ph("to")}`, error: sql`${ph("error")}` })
        .where(isOne)
        .prepare(),
    /** Whoever looks after the items looks now, and what rests on what they were is decided anew. */
    tellParent: () =>
      db
        .update(runs)
        .set({
          version: sql`${runs.version} + 1`,
          wakeAt: sql`case when ${runs.state} in ('waiting', 'undoing') then ${ph("at")} else ${runs.wakeAt} end`,
        })
        .where(eq(runs.id, ph("id")))
        .prepare(),
    counts: () =>
      db
        .select({ state: items.state, n: sql<number>`count(*)` })
        .from(items)
        .where(ofList)
        .groupBy(items.state)
        .prepare(),
    first: () =>
      db
        .select({ item: items, version: runs.version })
        .from(items)
        .leftJoin(runs, ofItem)
        .where(and(inState, gt(items.position, ph("after"))))
        .orderBy(asc(items.position))
        .limit(ph("limit"))
        .prepare(),
    last: () =>
      db
        .select({ item: items, version: runs.version })
        .from(items)
        .leftJoin(runs, ofItem)
        .where(inState)
        .orderBy(desc(items.position))
        .limit(ph("limit"))
        .prepare(),
    found: () =>
      db
        .select({ item: items, version: runs.version })
        .from(items)
        .leftJoin(runs, ofItem)
        .where(and(ofList, eq(items.key, ph("key"))))
        .prepare(),
    children: () =>
      db
        .select({ id: runs.id })
        .from(items)
        .innerJoin(runs, ofItem)
        .where(and(eq(items.runId, ph("runId")), isNotNull(items.childId)))
        .limit(ph("limit"))
        .prepare(),
  });
};

export type ItemStatements = ReturnType<typeof prepareItems>;

function* roundOf(i: ItemStatements, runId: string, stepId: string): Tx<number | null> {
  return (yield* one(i.round, { runId, stepId }))?.round ?? null;
}

/** What of a step's items changes, but for the runs that are begun; gives which of those may be. */
export function* changeItems(
  i: ItemStatements,
  runId: string,
  { stepId, frozen, again, begun = [], moved = [] }: ItemChange,
): Tx<readonly { position: number; round: number }[]> {
  const newest = yield* roundOf(i, runId, stepId);
  const round = frozen === undefined ? (newest ?? 0) : (newest ?? -1) + 1;
  for (const [position, item] of (frozen ?? []).entries())
    yield* exec(i.insert, { ...item, runId, stepId, round, position });
  if (again === true) yield* exec(i.again, { runId, stepId, round });
  for (const { position, to, error = null } of moved)
    yield* exec(i.move, { runId, stepId, round, position, to, error });
  const free: { position: number; round: number }[] = [];
  for (const { position, run } of begun)
    if ((yield* changed(i.begin, { runId, stepId, round, position, childId: run.id })) > 0)
      free.push({ position, round });
  return free;
}

/** Keeps an item where its run is now; true where that is another place, and the run that it is an item of was told. */
export function* followRun(
  i: ItemStatements,
  { before, after, parent }: { before: RunRow; after: RunRow; parent: Parent },
  at: number,
): Tx<boolean> {
  const to = itemStateOf(after);
  if (to === itemStateOf(before)) return false;
  const { runId, stepId, round, position } = parent;
  yield* exec(i.move, { runId, stepId, round, position, to, error: null });
  yield* exec(i.tellParent, { id: runId, at });
  return true;
}

type Found = Pick<ItemWithRun, "item" | "version">;

export const itemTable = ({ tx }: Pick<SqlDeps, "tx">, q: RunQueries, i: ItemStatements): ItemTable => {
  function* withRuns(found: readonly Found[], runsOf: readonly Item["state"][]): Tx<ItemWithRun[]> {
    const children = yield* readRuns(
      q,
      found.flatMap(({ item }) => (runsOf.includes(item.state) ? (item.childId ?? []) : [])),
    );
    return found.map((each) => {
      const child = children.get(each.item.childId ?? "");
      return { ...each, at: child === undefined ? null : toRunWithSteps(child.row, child.steps) };
    });
  }
  return {
    counts: (runId, stepId) =>
      tx.read(function* () {
        const round = yield* roundOf(i, runId, stepId);
        if (round === null) return null;
        const counted = yield* rows(i.counts, { runId, stepId, round });
        return {
          round,
          counts: { ...noItems, ...Object.fromEntries(counted.map(({ state, n }) => [state, n])) },
        };
      }),
    of: (runId, stepId, { states, limit, after, last, runsOf = states }) =>
      tx.read(function* () {
        const round = yield* roundOf(i, runId, stepId);
        const found: Found[] = [];
        for (const state of states.slice(after === undefined ? 0 : states.indexOf(after.state))) {
          if (found.length >= limit || round === null) break;
          const list = { runId, stepId, round, state, limit: limit - found.length };
          found.push(
            ...(last === true
              ? yield* rows(i.last, list)
              : yield* rows(i.first, { ...list, after: placeIn(after, state) })),
          );
        }
        return yield* withRuns(found, runsOf);
      }),
    find: (runId, stepId, key) =>
      tx.read(function* () {
        const round = yield* roundOf(i, runId, stepId);
        const found = round === null ? null : yield* one(i.found, { runId, stepId, round, key });
        return found === null ? null : ((yield* withRuns([found], [found.item.state]))[0] ?? null);
      }),
    childrenOf: (runId, limit) =>
      tx.read(function* () {
        return (yield* rows(i.children, { runId, limit })).map(({ id }) => id);
      }),
  };
};

const placeIn = (after: ItemPlace | undefined, state: Item["state"]): number =>
  after?.state === state ? after.position : -1;
