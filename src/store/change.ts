import { assertMoves, type Change, Fenced, type Recorded, type StepPatch } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import type { Event, NewEvent } from "#core/event.ts";
import type { RunWithSteps } from "#core/run.ts";
import { untried } from "#core/step.ts";
import type { NewRun, NewStep } from "#core/store.ts";
import { heldLock, type RunQueries, toRun, toRunWithSteps } from "./runs.ts";
import type { Schema } from "./schema.ts";
import { exec, one, rows, type Tx } from "./tx.ts";

type RunRow = Schema["runs"]["$inferSelect"];
type StepRow = Schema["steps"]["$inferSelect"];

/** A new run with its steps and first events. */
export function* createRun(
  q: RunQueries,
  run: NewRun,
  steps: readonly NewStep[],
  events: readonly NewEvent[],
): Tx<Recorded> {
  yield* assertFree(q, run.lock, run.id);
  const row: RunRow = {
    ...run,
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
  };
  const stepRows = steps.map((step, position): StepRow => newStepRow(run.id, step, position));
  const numbered = number(row, events, run.createdAt);
  const after: RunRow = { ...row, lastEvent: row.lastEvent + numbered.length };
  yield* exec(q.insertRun, after);
  for (const step of stepRows) yield* exec(q.insertStep, step);
  for (const event of numbered) yield* exec(q.insertEvent, eventRow(event));
  return { run: toRun(after), steps: stepRows, events: numbered };
}

/** Reads, decides, checks and writes; see the Store contract. */
export function* changeRun(
  q: RunQueries,
  runId: string,
  at: number,
  decide: (now: RunWithSteps) => Change,
  fence: { epoch: number } | undefined,
): Tx<Recorded> {
  const row = yield* one(q.run, { id: runId });
  if (row === null) throw new AppError("not-found", "There is no such run.");
  if (fence !== undefined && row.epoch !== fence.epoch)
    throw new Fenced(`run ${runId} has epoch ${row.epoch}, not ${fence.epoch}`);
  const stepRows = yield* rows(q.steps, { id: runId });
  const now = toRunWithSteps(row, stepRows);
  const change = decide(now);
  assertMoves(now, change);
  if (isEmpty(change)) return { run: now.run, steps: now.steps, events: [] };

  const logs = change.logs ?? [];
  const logged: NewEvent[] =
    logs.length === 0
      ? []
      : [{ type: "log", from: row.lastLog + 1, to: row.lastLog + logs.length, ...stepOf(logs) }];
  const numbered = number(row, [...change.events, ...logged], at);
  const patched: RunRow = { ...row, ...change.run };
  const after: RunRow = {
    ...patched,
    version: row.version + 1,
    lastEvent: row.lastEvent + numbered.length,
    lastLog: row.lastLog + logs.length,
    lockHeld: heldLock(patched),
    changedAt: at,
  };
  if (after.lockHeld !== row.lockHeld) yield* assertFree(q, after.lockHeld, runId);
  yield* exec(q.updateRun, after);
  const patches = new Map<string, StepPatch>();
  for (const { id, patch } of change.steps ?? []) patches.set(id, { ...patches.get(id), ...patch });
  const stepsAfter = stepRows.map((step): StepRow => ({ ...step, ...patches.get(step.id) }));
  for (const step of stepsAfter) if (patches.has(step.id)) yield* exec(q.updateStep, step);
  for (const event of numbered) yield* exec(q.insertEvent, eventRow(event));
  for (const [index, line] of logs.entries()) {
    yield* exec(q.insertLog, { ...line, whole: line.whole ?? null, runId, at, n: row.lastLog + 1 + index });
  }
  for (const estimate of change.estimates ?? []) yield* exec(q.putEstimate, { ...estimate, runId });
  return { run: toRun(after), steps: stepsAfter, events: numbered };
}

const isEmpty = ({ run, steps, events, logs, estimates }: Change): boolean =>
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

const newStepRow = (runId: string, step: NewStep, position: number): StepRow => ({
  ...step,
  runId,
  position,
  ...untried,
  result: null,
});
