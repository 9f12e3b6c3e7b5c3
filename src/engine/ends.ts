import type { Change, StepPatch } from "#core/change.ts";
import { AppError, toAppError } from "#core/errors.ts";
import type { NewEvent } from "#core/event.ts";
import type { CancelReceipt, RunWithSteps } from "#core/run.ts";
import type { Step, StoredError } from "#core/step.ts";

/** Gives the claim back: part of every change after which the worker leaves the run alone. */
const letGo = { claimedBy: null, claimedUntil: null } as const;

export const stored = (error: AppError): StoredError => ({
  code: error.code,
  message: error.message,
  detail: error.detail ?? null,
  field: error.field ?? null,
});

/** The run stops at a failed step and waits for a person. */
export const failedChange = (now: RunWithSteps, step: Step, thrown: unknown, at: number): Change => {
  const error = stored(toAppError(thrown));
  return {
    run: {
      ...letGo,
      state: "failed",
      error: { ...error, stepId: step.id },
      wakeAt: null,
      wish: null,
      endedAt: at,
    },
    steps: [{ id: step.id, patch: { state: "failed", error, endedAt: at, waiting: null, form: null } }],
    events: [
      {
        type: "step.failed",
        stepId: step.id,
        code: error.code,
        message: error.message,
        attempt: step.attempt,
      },
      { type: "step.state", stepId: step.id, from: step.state, to: "failed", attempt: step.attempt },
      { type: "run.state", from: now.run.state, to: "failed", because: error.message },
    ],
  };
};

/** The run stops before its next step. */
export const pausedChange = (now: RunWithSteps, at: number): Change => {
  const { state } = now.run;
  const waiting = now.steps.find((step) => step.state === "waiting");
  return {
    run: {
      ...letGo,
      state: "paused",
      wakeAt: null,
      wish: null,
      pausedFrom: state === "asking" ? "asking" : waiting === undefined ? "queued" : "waiting",
    },
    steps: waiting === undefined ? [] : [{ id: waiting.id, patch: stopWaitingClock(waiting, at) }],
    events: [{ type: "run.state", from: state, to: "paused" }],
  };
};

/** A paused wait does not count as time in which the other side worked. */
const stopWaitingClock = (step: Step, at: number): StepPatch =>
  step.waiting === null || step.kind !== "wait"
    ? {}
    : { activeMs: step.activeMs + Math.max(0, at - step.waiting.since) };

export interface Stopped {
  /** Why it is not known that the work really ended; null when it is. */
  unconfirmed: string | null;
  tookMs: number;
  /** What was stopped elsewhere, or what goes on there all the same. */
  note?: string;
}

/** The run is cancelled, with a receipt of what is known about the work that was in flight. `stopped` null: nothing was in flight. */
export const cancelledChange = (
  now: RunWithSteps,
  at: number,
  by: string,
  stopped: Stopped | null,
): Change => {
  const step = now.steps.find(
    (one) => one.state === "running" || one.state === "waiting" || one.state === "asking",
  );
  const asked: CancelReceipt = now.run.cancel ?? {
    askedAt: at,
    by,
    stepId: null,
    signalledAt: null,
    confirmedAt: null,
    unconfirmed: null,
    note: null,
  };
  const unconfirmed = stopped?.unconfirmed ?? null;
  const receipt: CancelReceipt = {
    ...asked,
    stepId: step?.id ?? null,
    confirmedAt: unconfirmed === null ? at : null,
    unconfirmed,
    note: stopped?.note ?? (stopped === null ? "Nothing was at work at that moment." : null),
  };
  const error = stored(
    new AppError(
      "cancelled",
      unconfirmed === null ? "It was cancelled." : `It was cancelled. ${unconfirmed}`,
    ),
  );
  const events: NewEvent[] = [];
  if (step !== undefined && stopped !== null) {
    events.push(
      unconfirmed === null
        ? {
            type: "cancel.confirmed",
            stepId: step.id,
            tookMs: stopped.tookMs,
            ...(stopped.note === undefined ? {} : { note: stopped.note }),
          }
        : { type: "cancel.unconfirmed", stepId: step.id, because: unconfirmed },
    );
  }
  if (step !== undefined) {
    events.push({
      type: "step.state",
      stepId: step.id,
      from: step.state,
      to: "failed",
      attempt: step.attempt,
      detail: error.message,
    });
  }
  events.push({ type: "run.state", from: now.run.state, to: "cancelled" });
  return {
    run: {
      ...letGo,
      state: "cancelled",
      wish: null,
      wakeAt: null,
      endedAt: at,
      cancel: receipt,
      error: null,
    },
    steps:
      step === undefined
        ? []
        : [{ id: step.id, patch: { state: "failed", error, endedAt: at, waiting: null, form: null } }],
    events,
  };
};

/**
 * A change after which the worker lets go of the run. When a person asked for something meanwhile it is done at once, in the
 * same commit: a wish recorded while the run was claimed is never left lying.
 */
export const letGoWith = (now: RunWithSteps, at: number, change: Change): Change => {
  if (now.run.wish === null) return { ...change, run: { ...change.run, ...letGo } };
  // Keeping the claim makes the worker come round once more and carry the wish out.
  return { ...change, run: { ...change.run, wakeAt: at } };
};
