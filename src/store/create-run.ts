import { AlreadyStarted } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import type { Event, NewEvent } from "#core/event.ts";
import type { NewRun } from "#core/new-run.ts";
import type { NewStep } from "#core/step.ts";
import type { Once } from "#core/store.ts";
import type { NewFiring } from "#core/trigger.ts";
import { type FiringStatements, fire } from "./firings.ts";
import type { RunRows } from "./held-runs.ts";
import { type NoticeStatements, noticesFor, putNotices } from "./notices.ts";
import { asNew, insertSteps, type RunWrites } from "./run-writes.ts";
import type { RunQueries } from "./runs.ts";
import type { Schema } from "./schema.ts";
import { exec, one, type Tx, wake } from "./tx.ts";

type RunRow = Schema["runs"]["$inferSelect"];
type StepRow = Schema["steps"]["$inferSelect"];

export interface CreateStatements {
  q: RunQueries;
  w: RunWrites;
  f: FiringStatements;
  n: NoticeStatements;
}

/** What was written. */
export interface Changed extends RunRows {
  events: readonly Event[];
  /** Other runs that were written with it. */
  also?: readonly Changed[];
}

/** A new run with its steps and first events. */
export function* createRun(
  { q, w, f, n }: CreateStatements,
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
    privates: run.privates ?? null,
    changers: run.changers ?? null,
    code: run.code ?? null,
    cause: run.cause ?? null,
    parent: run.parent ?? null,
    family: run.family ?? null,
    trimmedAt: null,
    trimmedDays: null,
    turn: null,
    turnPlace: null,
    behind: null,
    size: run.size ?? null,
  };
  const stepRows = steps.map((step, position): StepRow => newStepRow(run.id, step, position));
  const numbered = number(row, events, run.createdAt);
  const written: RunRow = { ...row, lastEvent: row.lastEvent + numbered.length };
  // Asked first: what only asks need not wait for the transaction to begin.
  const [before, then] = [
    { row, steps: [] },
    { row: written, steps: stepRows },
  ];
  const notices = run.parent == null ? yield* noticesFor(n, numbered, before, then) : [];
  const after = { ...written, ...(yield* one(w.insertRun, written)) };
  if (once !== null) yield* exec(w.insertStart, { ...once, by: run.starter, runId: run.id });
  yield* insertSteps(w, stepRows);
  for (const event of numbered) yield* exec(w.insertEvent, eventRow(event));
  yield* putNotices(n, notices);
  yield* wake(after, true);
  return { row: after, steps: stepRows, events: numbered };
}

/** One as a run has it first. */
export const newStepRow = (runId: string, step: NewStep, position: number): StepRow => ({
  ...step,
  runId,
  position,
  ...asNew,
});

/** Events as they come next of a run. */
export const number = ({ id, lastEvent }: RunRow, events: readonly NewEvent[], at: number): Event[] =>
  events.map((event, index) => ({ ...event, runId: id, at, n: lastEvent + 1 + index }));

export const eventRow = ({ runId, n, at, type, stepId, ...data }: Event) => ({
  runId,
  n,
  at,
  type,
  stepId: stepId ?? null,
  data,
});

/** The unique index would refuse it too, but could not say which run is in the way. */
export function* assertFree(q: RunQueries, lock: string | null, runId: string): Tx<void> {
  const holder = lock === null ? null : yield* one(q.holder, { lock });
  if (holder === null || holder.id === runId) return;
  throw new AppError(
    "locked",
    `“${holder.subject}” is being worked on by another run already. Wait for it to end, or cancel it.`,
    { runId: holder.id },
  );
}
