import type { StepPatch } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import type { NewEvent } from "#core/event.ts";
import { isMade } from "#core/rules.ts";
import type { CancelReceipt, RunWithSteps } from "#core/run.ts";
import { type Paused, pausedMs, type Step } from "#core/step.ts";
import { type KeptWayOn, withWayOn } from "#core/way-on.ts";
import { letGo, type Move, stored } from "./move.ts";

export interface Failure {
  error: AppError;
  /** The step that it is about; null: the run as a whole. */
  step: Step | null;
  /** What is to be added to the step's time. */
  tookMs: number;
  /** What the run made is removed again by itself, when there is something. */
  rollBack: boolean;
  /** Where what is wrong can be mended, when it stands in a form: the same step would only fail again. */
  form?: KeptWayOn | undefined;
}

/** The run stops and waits for a person, or goes on to remove what it made. */
export const failed = (now: RunWithSteps, failure: Failure, at: number): Move => {
  const { step, tookMs } = failure;
  const titleOf = (id: string) => now.steps.find((one) => one.id === id)?.title;
  const told = {
    ...(failure.form === undefined ? {} : { wayOn: failure.form }),
    ...stored(failure.error),
    ...withWayOn(failure.error.message, failure.error.wayOn, titleOf),
  };
  const error = { ...told, stepId: step?.id ?? null };
  const steps =
    step === null
      ? []
      : [
          {
            id: step.id,
            patch: {
              state: "failed",
              error: told,
              // What somebody asked of it before is no reason for its end.
              detail: null,
              endedAt: at,
              waiting: null,
              form: null,
              activeMs: step.activeMs + tookMs,
            } as const satisfies StepPatch,
          },
        ];
  const after = now.steps.map((one) => (one.id === step?.id ? { ...one, ...steps[0]?.patch } : one));
  if (!failure.rollBack || now.run.state === "undoing" || !after.some(isMade)) {
    return {
      run: { ...letGo, state: "failed", error, wakeAt: null, wish: null, endedAt: at },
      steps,
      because: error.message,
    };
  }
  return {
    run: { ...letGo, state: "undoing", error, ended: { state: "failed", error }, wish: null, wakeAt: at },
    steps,
    because: `${error.message} What this run made is removed again.`,
  };
};

/** The run stops before its next step. A paused wait does not count as time in which the other side worked. */
export const paused = (now: RunWithSteps, at: number, meanwhile: Paused = unclaimed): Move => {
  const { state } = now.run;
  const step = now.steps.find((one) => one.state === "waiting");
  const patch: StepPatch =
    step?.waiting == null || (step.kind !== "wait" && step.kind !== "each") || step.waiting.for !== "look"
      ? {}
      : {
          activeMs: step.activeMs + pausedMs(step.waiting, at),
          waiting: { ...step.waiting, paused: meanwhile },
        };
  return {
    run: {
      ...letGo,
      state: "paused",
      wakeAt: null,
      wish: null,
      pausedFrom: state === "asking" ? "asking" : step === undefined ? "queued" : "waiting",
    },
    steps: step === undefined ? [] : [{ id: step.id, patch }],
  };
};

/** What is said of the other side when nobody claimed anything. */
export const unclaimed: Paused = {
  sentence: "Milepost does not look. Whether the other side goes on meanwhile is not known.",
  stopped: false,
};

/** Goes on exactly where the run was paused: a wait keeps the time of its next look, a question is asked again. */
export const resumed = (now: RunWithSteps, at: number): Move => {
  const to = now.run.pausedFrom ?? "queued";
  const waiting = now.steps.find((step) => step.state === "waiting");
  const asking = now.steps.find((step) => step.state === "asking");
  if (to === "asking")
    return { run: { state: to, wakeAt: asking?.waiting?.nextAt ?? null, pausedFrom: null } };
  if (waiting?.waiting == null) return { run: { state: to, wakeAt: at, pausedFrom: null } };
  const { paused: meanwhile, ...wait } = waiting.waiting;
  // What was told to pause has to be told to go on, so the worker comes at once.
  const nextAt =
    meanwhile?.stopped === true ? at : Math.max(at, Math.min(wait.nextAt, at + (wait.nextAt - wait.since)));
  return {
    run: { state: to, wakeAt: nextAt, pausedFrom: null },
    steps: [
      {
        id: waiting.id,
        patch: {
          signAt: at,
          waiting: {
            ...wait,
            since: at,
            nextAt,
            ...(meanwhile?.stopped === true ? { paused: meanwhile } : {}),
          },
        },
      },
    ],
  };
};

export interface Stopped {
  /** Why it is not known that the work really ended; null when it is. */
  unconfirmed: string | null;
  /** From the signal to its end. */
  tookMs: number;
  /** How long the work had gone on. */
  workedMs?: number;
  /** What was stopped elsewhere, or what goes on there all the same. */
  note?: string;
}

/** A receipt for a cancel that was asked for just now. */
export const askedToCancel = (by: string, at: number): CancelReceipt => ({
  askedAt: at,
  by,
  stepId: null,
  signalledAt: null,
  confirmedAt: null,
  unconfirmed: null,
  note: null,
});

/** The signal to stop went out to the step at work. */
export const signalled = (now: RunWithSteps, at: number): Move => {
  const working = now.steps.find((step) => step.state === "running");
  if (now.run.cancel === null || working === undefined) return {};
  return {
    run: { cancel: { ...now.run.cancel, stepId: working.id, signalledAt: at } },
    facts: [{ type: "cancel.signalled", stepId: working.id }],
  };
};

/**
 * The run is cancelled, with a receipt of what is known about the work that was in flight. `stopped` null: nothing was in flight.
 * A question that nobody answered is not a failure: it is as it was before it was asked.
 */
export const cancelled = (now: RunWithSteps, at: number, by: string, stopped: Stopped | null): Move => {
  const step = now.steps.find(
    (one) => one.state === "running" || one.state === "waiting" || one.state === "asking",
  );
  const unconfirmed = stopped?.unconfirmed ?? null;
  const receipt: CancelReceipt = {
    ...(now.run.cancel ?? askedToCancel(by, at)),
    stepId: step?.id ?? null,
    confirmedAt: unconfirmed === null ? at : null,
    unconfirmed,
    note: stopped?.note ?? (stopped === null ? "Nothing was at work at that moment." : null),
  };
  return {
    run: {
      ...letGo,
      state: "cancelled",
      wish: null,
      wakeAt: null,
      endedAt: at,
      cancel: receipt,
      error: null,
      pausedFrom: null,
    },
    steps: step === undefined ? [] : [{ id: step.id, patch: cancelledStep(step, at, stopped) }],
    facts: step === undefined || stopped === null ? [] : [confirmation(step, stopped)],
  };
};

const cancelledStep = (step: Step, at: number, stopped: Stopped | null): StepPatch => {
  const unconfirmed = stopped?.unconfirmed ?? null;
  const sentence = unconfirmed === null ? "It was cancelled." : `It was cancelled. ${unconfirmed}`;
  return { ...cutShort(step, sentence, at), activeMs: step.activeMs + (stopped?.workedMs ?? 0) };
};

/** A step that does not go on: a question is as it was before it was asked, anything else has not succeeded. */
export const cutShort = (step: Step, sentence: string, at: number): StepPatch => {
  const over = { waiting: null, form: null } as const;
  return step.kind === "ask"
    ? { ...over, state: "pending", error: null }
    : { ...over, state: "failed", error: stored(new AppError("cancelled", sentence)), endedAt: at };
};

const confirmation = (step: Step, { unconfirmed, tookMs, note }: Stopped): NewEvent =>
  unconfirmed === null
    ? { type: "cancel.confirmed", stepId: step.id, tookMs, ...(note === undefined ? {} : { note }) }
    : { type: "cancel.unconfirmed", stepId: step.id, because: unconfirmed };
