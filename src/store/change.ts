import { AlreadyStarted, assertMoves, type Change, Fenced, type StepPatch } from "#core/change.ts";
import { AppError, noRun } from "#core/errors.ts";
import type { Event, NewEvent } from "#core/event.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isDriven } from "#core/states.ts";
import type { NewStep } from "#core/step.ts";
import type { NewRun, Once } from "#core/store.ts";
import type { NewFiring } from "#core/trigger.ts";
import { type FiringStatements, fire, fireFollowers } from "./firings.ts";
import type { RunRows } from "./held-runs.ts";
import { type NoticeStatements, notice } from "./notices.ts";
import { heldLock, readSteps, toRunWithSteps } from "./run-rows.ts";
import type { RunWrites } from "./run-writes.ts";
import type { RunQueries } from "./runs.ts";
import type { Schema } from "./schema.ts";
import { newStepRow, replaceSteps } from "./step-rows.ts";
import { changed, exec, one, type Tx } from "./tx.ts";

type RunRow = Schema["runs"]["$inferSelect"];
type StepRow = Schema["steps"]["$inferSelect"];

/** A new run with its steps and first events. */
export function* createRun(
  { q, w, f, n }: RunStatements,
  run: NewRun,
  steps: readonly NewStep[],
  events: readonly NewEvent[],
  once: Once | null = null,
  firing: NewFiring | null = null,
): Tx<Changed> {
  if (firing !== null) yield* fire(f, firing, run.id);
  const given = once === null ? null : yield* one(q.startedBy, { by: run.starter, key: once.key });
  if (given !== null) throw new AlreadyStarted(given);
  yield* assertFree(q, run.lock, run.id);
  const row: RunRow = {
    ...run,
    // The store numbers it as it is inserted; only lists go by that.
    seq: 0,
    number: 0,
    state: "queued",
    version: 1,
    lastEvent: 0,
    lastLog: 0,
    epoch: 0,
    claimedBy: null,
    claimedUntil: null,
    wish: null,
    lockHeld: run.lock,
    startedAt: null,
    endedAt: null,
    changedAt: run.createdAt,
    error: null,
    cancel: null,
    recovery: null,
    percentFloor: 0,
    outcome: null,
    finalizedAt: null,
    pausedFrom: null,
    undoTo: null,
    ended: null,
    undoneAt: null,
    nextInput: null,
    former: run.former ?? null,
    code: run.code ?? null,
    cause: run.cause ?? null,
    trimmedAt: null,
    trimmedDays: null,
    turn: null,
    turnPlace: null,
    behind: null,
    size: null,
  };
  const stepRows = steps.map((step, position): StepRow => newStepRow(run.id, step, position));
  const numbered = number(row, events, run.createdAt);
  const written: RunRow = { ...row, lastEvent: row.lastEvent + numbered.length };
  const after = { ...written, ...(yield* one(w.insertRun, written)) };
  if (once !== null) yield* exec(w.insertStart, { ...once, by: run.starter, runId: run.id });
  for (const step of stepRows) yield* exec(w.insertStep, step);
  for (const event of numbered) yield* exec(w.insertEvent, eventRow(event));
  yield* notice(n, numbered, [], stepRows);
  return { row: after, steps: stepRows, events: numbered };
}

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
  const row = yield* one(q.run, { id: runId });
  if (row === null) throw new AppError("not-found", noRun);
  const { fence } = change;
  if (fence !== undefined && row.epoch !== fence.epoch)
    throw new Fenced(`run ${runId} has epoch ${row.epoch}, not ${fence.epoch}`);
  const before = { row, steps: yield* readSteps(q, runId) };
  const written = yield* write(statements, before, change.at, decided(before, change));
  if (written === null) throw new Error(`run ${runId} changed within a transaction`);
  return written;
}

export interface RunStatements {
  q: RunQueries;
  w: RunWrites;
  f: FiringStatements;
  n: NoticeStatements;
}

interface Changing {
  at: number;
  decide(now: RunWithSteps): Change;
  fence: { epoch: number } | undefined;
}

/** What was written. */
export interface Changed extends RunRows {
  events: readonly Event[];
}

/** Null where that may be out of date: a run that has moved on may come to another decision, or to none. */
function* onWhatIsHeld(
  statements: RunStatements,
  held: RunRows,
  { at, decide, fence }: Changing,
): Tx<Changed | null> {
  if (fence !== undefined && held.row.epoch !== fence.epoch) return null;
  let change: Change;
  try {
    change = decided(held, { decide });
  } catch {
    return null;
  }
  return isEmpty(change) ? null : yield* write(statements, held, at, change);
}

const decided = ({ row, steps }: RunRows, { decide }: Pick<Changing, "decide">): Change => {
  const now = toRunWithSteps(row, steps);
  const change = decide(now);
  assertMoves(now, change);
  return change;
};

/** Null, and nothing is written, when the run is no longer as it was. */
function* write(
  { q, w, f, n }: RunStatements,
  { row, steps }: RunRows,
  at: number,
  change: Change,
): Tx<Changed | null> {
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
  const stepsAfter = [...kept.map((step): StepRow => ({ ...step, ...patches.get(step.id) })), ...replaced];
  for (const [place, step] of kept.entries()) {
    const then = stepsAfter[place] ?? step;
    const columns = changedColumns(step, then);
    if (columns.length > 0) yield* exec(w.updateStep(columns), { ...then, ofRun: runId, stepId: step.id });
  }
  for (const event of events) yield* exec(w.insertEvent, eventRow(event));
  for (const [index, line] of logs.entries()) {
    yield* exec(w.insertLog, { ...line, whole: line.whole ?? null, runId, at, n: row.lastLog + 1 + index });
  }
  for (const estimate of change.estimates ?? []) yield* exec(w.putEstimate, { ...estimate, runId });
  // An undoing that is over gives the run back the end that it had.
  if (after.state !== row.state && row.state !== "undoing") yield* fireFollowers(f, after, at);
  yield* notice(n, events, steps, stepsAfter);
  return { row: after, steps: stepsAfter, events };
}

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

const isEmpty = ({ run, steps, anew, events, logs, estimates }: Change): boolean =>
  anew === undefined &&
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

const number = ({ id, lastEvent }: RunRow, events: readonly NewEvent[], at: number): Event[] =>
  events.map((event, index) => ({ ...event, runId: id, at, n: lastEvent + 1 + index }));

const eventRow = ({ runId, n, at, type, stepId, ...data }: Event) => ({
  runId,
  n,
  at,
  type,
  stepId: stepId ?? null,
  data,
});

/** The unique index would refuse it too, but could not say which run is in the way. */
function* assertFree(q: RunQueries, lock: string | null, runId: string): Tx<void> {
  const holder = lock === null ? null : yield* one(q.holder, { lock });
  if (holder === null || holder.id === runId) return;
  throw new AppError(
    "locked",
    `“${holder.subject}” is being worked on by another run already. Wait for it to end, or cancel it.`,
    { runId: holder.id },
  );
}
