import { assertMoves, type Change, Fenced, type RunPatch, type StepPatch } from "#core/change.ts";
import { AppError, noRun } from "#core/errors.ts";
import type { Event, NewEvent } from "#core/event.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isDriven } from "#core/states.ts";
import { beginItems } from "./begin-items.ts";
import {
  assertFree,
  type Changed,
  type CreateStatements,
  eventRow,
  newStepRow,
  number,
} from "./create-run.ts";
import { fireFollowers } from "./firings.ts";
import type { RunRows } from "./held-runs.ts";
import { followRun, type ItemStatements } from "./items.ts";
import { noticesFor, putNotices } from "./notices.ts";
import { heldLock, readRun, toRunWithSteps } from "./run-rows.ts";
import { insertSteps, type RunWrites } from "./run-writes.ts";
import type { RunQueries } from "./runs.ts";
import type { Schema } from "./schema.ts";
import { changed, exec, one, type Tx, wake } from "./tx.ts";

type RunRow = Schema["runs"]["$inferSelect"];
type StepRow = Schema["steps"]["$inferSelect"];

/**
 * Decides, checks and writes; see the Store contract. It rests on the run as this process holds it, where it does and nobody has changed
 * it since; else, and before anything is refused, the run is read.
 */
export function* changeRun(
  statements: RunStatements,
  held: RunRows | null,
  runId: string,
  change: Changing,
): Tx<Changed> {
  const { q } = statements;
  const made = held === null ? null : yield* onWhatIsHeld(statements, held, change);
  if (made !== null) return made;
  const before = yield* readRun(q, runId);
  if (before === null) throw new AppError("not-found", noRun);
  const { row } = before;
  const { fence } = change;
  if (fence !== undefined && row.epoch !== fence.epoch)
    throw new Fenced(`run ${runId} has epoch ${row.epoch}, not ${fence.epoch}`);
  const written = yield* writeChange(statements, before, change.at, decided(before, change));
  if (written === null) throw new Error(`run ${runId} changed within a transaction`);
  return written;
}

/**
 * What whoever holds a run without parent writes of it and of nothing else, on the condition that it is as it was. Null, and nothing is written,
 * where it is not, or where other runs have to do with it.
 */
export const changeAlone = (statements: RunStatements, held: RunRows, change: Changing): Tx<Changed | null> =>
  onWhatIsHeld(statements, held, change, true);

export interface RunStatements extends CreateStatements {
  i: ItemStatements;
}

interface Changing {
  at: number;
  decide(now: RunWithSteps): Change;
  fence: { epoch: number } | undefined;
}

/** Null where that may be out of date: a run that has moved on may come to another decision, or to none. */
function* onWhatIsHeld(
  statements: RunStatements,
  held: RunRows,
  { at, decide, fence }: Changing,
  isAlone = false,
): Tx<Changed | null> {
  if (fence !== undefined && held.row.epoch !== fence.epoch) return null;
  let change: Change;
  try {
    change = decided(held, { decide });
  } catch {
    return null;
  }
  const { turn = held.row.turn } = change.run ?? {};
  if (isAlone && (change.items !== undefined || turn !== held.row.turn)) return null;
  return isEmpty(change) ? null : yield* writeChange(statements, held, at, change);
}

const decided = ({ row, steps }: RunRows, { decide }: Pick<Changing, "decide">): Change => {
  const now = toRunWithSteps(row, steps);
  const change = decide(now);
  assertMoves(now, change);
  return change;
};

/** A change, and with it perhaps a claim. */
interface Written extends Change {
  run?: RunPatch & { epoch?: number };
}

/** What was decided on a run as it is here. Null, and nothing is written, when it is no longer so. */
export function* writeChange(
  statements: RunStatements,
  { row, steps }: RunRows,
  at: number,
  change: Written,
): Tx<Changed | null> {
  const { q, w, f, i, n } = statements;
  if (isEmpty(change)) return { row, steps, events: [] };
  const runId = row.id;
  const logs = change.logs ?? [];
  const logged: NewEvent[] =
    logs.length === 0
      ? []
      : [{ type: "log", from: row.lastLog + 1, to: row.lastLog + logs.length, ...stepOf(logs) }];
  const events = number(row, [...change.events, ...logged], at);
  const patched: RunRow = { ...row, ...change.run };
  const after: RunRow = {
    ...patched,
    version: row.version + 1,
    lastEvent: row.lastEvent + events.length,
    lastLog: row.lastLog + logs.length,
    lockHeld: heldLock(patched),
    changedAt: at,
    ...(yield* placeInLine(q, row, patched)),
  };
  if (after.lockHeld !== row.lockHeld) yield* assertFree(q, after.lockHeld, runId);
  const was = { runId, wasVersion: row.version, wasEpoch: row.epoch };
  if ((yield* changed(w.updateRun(changedColumns(row, after)), { ...after, ...was })) === 0) return null;
  const replaced = change.anew === undefined ? [] : yield* replaceSteps(w, runId, change.anew);
  const kept = steps.slice(0, change.anew?.from);
  const patches = new Map<string, StepPatch>();
  for (const { id, patch } of change.steps ?? []) patches.set(id, { ...patches.get(id), ...patch });
  const stepsAfter: StepRow[] = [];
  for (const step of kept) {
    const patch = patches.get(step.id);
    const then = patch === undefined ? step : { ...step, ...patch };
    const columns = patch === undefined ? [] : changedColumns(step, then);
    if (columns.length > 0) yield* exec(w.updateStep(columns), { ...then, ofRun: runId, stepId: step.id });
    stepsAfter.push(then);
  }
  stepsAfter.push(...replaced);
  for (const event of events) yield* exec(w.insertEvent, eventRow(event));
  for (const [index, line] of logs.entries()) {
    yield* exec(w.insertLog, { ...line, whole: line.whole ?? null, runId, at, n: row.lastLog + 1 + index });
  }
  for (const estimate of change.estimates ?? []) yield* exec(w.putEstimate, { ...estimate, runId });
  // An undoing that is over gives the run back the end that it had; where it failed and began to undo by itself, its error stayed.
  if (after.state !== row.state && (row.state !== "undoing" || row.error !== null))
    yield* fireFollowers(f, after, at);
  const before = { row, steps };
  const notices = yield* noticesFor(n, worthTelling(after, events), before, {
    row: after,
    steps: stepsAfter,
  });
  yield* putNotices(n, notices);
  const also = change.items === undefined ? [] : yield* beginItems(statements, after, change.items);
  const { parent } = after;
  if (row.claimedBy !== null || row.wakeAt !== after.wakeAt || row.state !== after.state) yield* wake(after);
  const told = parent !== null && (yield* followRun(i, { before: row, after, parent }, at));
  const above = told ? yield* readRun(q, parent.runId) : null;
  if (above !== null) {
    yield* wake(above.row);
    also.push({ ...above, events: [] });
  }
  return { row: after, steps: stepsAfter, events, also };
}

/** Of an item people hear where it asks them; how it ended the run tells that it is an item of. */
const worthTelling = ({ parent }: RunRow, events: readonly Event[]): readonly Event[] =>
  parent === null ? events : events.filter(({ type }) => type === "step.state");

/** Kept with the state, so that whatever ends a run, or stops it, gives its turn back. */
function* placeInLine(
  q: RunQueries,
  before: RunRow,
  { state, turn, turnPlace, behind }: RunRow,
): Tx<Pick<RunRow, "turn" | "turnPlace" | "behind">> {
  if (turn === null || !isDriven(state)) return { turn: null, turnPlace: null, behind: null };
  if (turn === before.turn) return { turn, turnPlace, behind };
  return { turn, turnPlace: ((yield* one(q.lastInLine, { turn }))?.place ?? 0) + 1, behind };
}

/** A key that is set, even to what it was, makes the database check all rows that refer to it; any other costs its index. */
const changedColumns = <T extends object>(before: T, after: T): (keyof T & string)[] =>
  (Object.keys(after) as (keyof T & string)[]).filter((name) => !Object.is(before[name], after[name]));

const isEmpty = ({ run, steps, anew, items, events, logs, estimates }: Change): boolean =>
  anew === undefined &&
  items === undefined &&
  Object.keys(run ?? {}).length === 0 &&
  (steps ?? []).length === 0 &&
  events.length === 0 &&
  (logs ?? []).length === 0 &&
  (estimates ?? []).length === 0;

/** The step that all of the lines are of; lines of several steps in one event are of none. */
const stepOf = (logs: readonly { stepId: string }[]): { stepId?: string } => {
  const [stepId, ...others] = new Set(logs.map((line) => line.stepId));
  return stepId === undefined || others.length > 0 ? {} : { stepId };
};

/** Puts other steps in place of those from a position on; gives their rows. */
function* replaceSteps(
  w: RunWrites,
  runId: string,
  { from, steps }: NonNullable<Change["anew"]>,
): Tx<StepRow[]> {
  yield* exec(w.deleteSteps, { runId, from });
  const rows = steps.map((step, index) => newStepRow(runId, step, from + index));
  yield* insertSteps(w, rows);
  return rows;
}
