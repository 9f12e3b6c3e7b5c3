import type { Change } from "#core/change.ts";
import type { AppError } from "#core/errors.ts";
import type { NewEvent } from "#core/event.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { stored } from "./ends.ts";

type DoDefinition = Extract<StepDefinition, { kind: "do" }>;

/** What an attempt came to: the result, and what was found when an earlier attempt had already had its effect. */
export type Attempted = { skipped: string | null; result: unknown; found: string | null };

/** A new attempt begins. */
export const began = (
  now: RunWithSteps,
  stepId: string,
  at: number,
  cutOff: boolean,
  definition: DoDefinition,
): Change => {
  const step = now.steps.find((one) => one.id === stepId);
  if (step === undefined) throw new Error(`no step ${stepId}`);
  const attempt = step.attempt + 1;
  const events: NewEvent[] = [];
  if (now.run.state !== "running") events.push({ type: "run.state", from: now.run.state, to: "running" });
  const because =
    definition.safeBecause ??
    (definition.readsOnly === true
      ? "It only reads."
      : "It is made so that doing it again has the same effect as doing it once.");
  const probes = typeof definition.whenInterrupted === "function";
  const why = probes ? "Before doing it again, Milepost looks whether it already happened." : because;
  if (cutOff) events.push({ type: "step.interrupted", stepId, outcome: "again", because: why });
  events.push({ type: "step.state", stepId, from: step.state, to: "running", attempt });
  return {
    run: {
      state: "running",
      startedAt: now.run.startedAt ?? at,
      endedAt: null,
      error: null,
      ...(cutOff
        ? {
            recovery: {
              at,
              lastSignAt: now.run.changedAt,
              stepId,
              checked: null,
              outcome: "again",
              because: why,
            },
          }
        : {}),
    },
    steps: [
      {
        id: stepId,
        patch: {
          state: "running",
          attempt,
          startedAt: step.startedAt ?? at,
          attemptAt: at,
          endedAt: null,
          share: null,
          progress: null,
          substeps: [],
          waiting: null,
          error: null,
        },
      },
    ],
    events,
  };
};

/** A probe found that an interrupted attempt had not had its effect. */
export const checkedChange = (now: RunWithSteps, stepId: string, checked: string): Change => {
  const { recovery } = now.run;
  if (recovery === null || recovery.stepId !== stepId || recovery.checked !== null) return { events: [] };
  const because = "It had not happened yet, so it is done now.";
  return {
    run: { recovery: { ...recovery, checked, because } },
    events: [{ type: "step.interrupted", stepId, outcome: "again", checked, because }],
  };
};

/** An attempt ended well, or had nothing to do. */
export const finished = (
  now: RunWithSteps,
  step: Step,
  definition: DoDefinition,
  attempted: Attempted,
  at: number,
  tookMs: number,
): Change => {
  const { skipped, result, found } = attempted;
  const to = skipped === null ? "completed" : "skipped";
  const detail = skipped ?? definition.detail?.(result) ?? null;
  const { recovery } = now.run;
  const because = "It had already happened, so it was not done again.";
  return {
    run:
      found !== null && recovery?.stepId === step.id
        ? { recovery: { ...recovery, checked: found, outcome: "found", because } }
        : {},
    steps: [
      {
        id: step.id,
        patch: {
          state: to,
          result: result ?? null,
          detail,
          endedAt: at,
          activeMs: step.activeMs + tookMs,
          share: 1,
          error: null,
        },
      },
    ],
    events: [
      ...(found === null
        ? []
        : [
            { type: "step.interrupted", stepId: step.id, outcome: "found", checked: found, because } as const,
          ]),
      {
        type: "step.state",
        stepId: step.id,
        from: "running",
        to,
        attempt: step.attempt,
        ...(detail === null ? {} : { detail }),
      },
    ],
  };
};

/** An attempt failed in a way that may pass: it is tried again at `nextAt`. */
export const retryChange = (
  now: RunWithSteps,
  step: Step,
  error: AppError,
  nextAt: number,
  at: number,
): Change => ({
  run: { state: "waiting", wakeAt: nextAt },
  steps: [
    {
      id: step.id,
      patch: {
        state: "waiting",
        error: stored(error),
        waiting: { for: "retry", word: error.message, since: at, nextAt, looks: step.attempt },
      },
    },
  ],
  events: [
    {
      type: "step.retry",
      stepId: step.id,
      code: error.code,
      message: error.message,
      attempt: step.attempt,
      nextAt,
    },
    { type: "step.state", stepId: step.id, from: "running", to: "waiting", attempt: step.attempt },
    { type: "run.state", from: now.run.state, to: "waiting" },
  ],
});
