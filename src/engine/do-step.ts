import type { Change } from "#core/change.ts";
import { type AppError, toAppError } from "#core/errors.ts";
import type { NewEvent } from "#core/event.ts";
import { nextTryMs } from "#core/retry.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import { type DoContext, type Results, Skip, type StepDefinition } from "#core/workflow.ts";
import { type Called, call } from "./call.ts";
import { stepContext } from "./context.ts";
import { cancelledChange, failedChange, letGoWith, stored } from "./ends.ts";
import type { Hold } from "./hold.ts";
import { createReporter, type Reporter } from "./reporter.ts";
import { Stop } from "./stop.ts";

type DoDefinition = Extract<StepDefinition, { kind: "do" }>;

/** What an attempt came to: the result, and what was found when an earlier attempt had already had its effect. */
type Attempted = { skipped: string | null; result: unknown; found: string | null };

/** One attempt of a do step, from its first commit to its last. `cutOff`: the attempt before was cut off in the middle. */
export const runDoStep = async (
  hold: Hold,
  stepId: string,
  definition: DoDefinition,
  cutOff: boolean,
): Promise<void> => {
  const { clock } = hold.deps;
  await hold.record((now) => began(now, stepId, clock.now(), cutOff, definition));
  const step = hold.step(stepId);
  const reporter = createReporter(hold, stepId, step.attempt);
  const beganAt = clock.now();
  const called = await call((signal) => attempt(hold, step, definition, reporter, signal), {
    signal: hold.signal,
    clock,
    timeoutMs: definition.timeoutMs ?? null,
    graceMs: definition.stopWithinMs ?? hold.deps.stopGraceMs,
  });
  await reporter.close();
  await settle(hold, step, definition, called, clock.now() - beganAt);
};

/** The context of a do step; the same for running, probing and undoing. */
export const doContext = (
  hold: Hold,
  step: Step,
  reporter: Reporter,
  signal: AbortSignal,
  key = `${step.runId}/${step.id}`,
): DoContext<unknown, Results> => ({
  ...stepContext(hold.at(), step, signal, hold.deps),
  attempt: step.attempt,
  key,
  progress: reporter.progress,
  substeps: reporter.substeps,
  log: reporter.log,
});

const attempt = async (
  hold: Hold,
  step: Step,
  definition: DoDefinition,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Attempted> => {
  const context = doContext(hold, step, reporter, signal);
  const probe = definition.whenInterrupted;
  // Before every attempt but the first: an attempt that failed or was cut off may have had its effect all the same.
  if (step.attempt > 1 && typeof probe === "function") {
    const found = await probe(context);
    reporter.log(found.checked);
    if (found.happened) return { skipped: null, result: found.result, found: found.checked };
    await hold.record((now) => checkedChange(now, step.id, found.checked));
  }
  const result = await definition.run(context);
  return result instanceof Skip
    ? { skipped: result.reason, result: result.result, found: null }
    : { skipped: null, result, found: null };
};

const began = (
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
    definition.safeBecause ?? "It is made so that doing it again has the same effect as doing it once.";
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

const checkedChange = (now: RunWithSteps, stepId: string, checked: string): Change => {
  const { recovery } = now.run;
  if (recovery === null || recovery.stepId !== stepId || recovery.checked !== null) return { events: [] };
  const because = "It had not happened yet, so it is done now.";
  return {
    run: { recovery: { ...recovery, checked, because } },
    events: [{ type: "step.interrupted", stepId, outcome: "again", checked, because }],
  };
};

const settle = async (
  hold: Hold,
  step: Step,
  definition: DoDefinition,
  called: Called<Attempted>,
  tookMs: number,
): Promise<void> => {
  const { clock } = hold.deps;
  switch (called.kind) {
    case "value":
      return hold.record((now) => finished(now, step, definition, called.value, clock.now(), tookMs));
    case "stopped":
      if (called.why !== "cancel") throw new Stop(called.why);
      return hold.record((now) => cancelledChange(now, clock.now(), now.run.cancel?.by ?? "", called));
    case "error": {
      if (called.error instanceof Stop) throw called.error;
      const error = toAppError(called.error);
      if (error.code === "internal")
        hold.deps.log.error(
          { err: called.error, runId: step.runId, stepId: step.id },
          "a step failed unexpectedly",
        );
      const again = nextTryMs(definition.retry ?? hold.deps.retry, step.attempt, error, hold.deps.random());
      return hold.record((now) => {
        if (now.run.wish === "cancel")
          return cancelledChange(now, clock.now(), now.run.cancel?.by ?? "", {
            unconfirmed: null,
            tookMs: 0,
          });
        return again === null
          ? failedChange(now, step, error, clock.now())
          : letGoWith(now, clock.now(), retryChange(now, step, error, clock.now() + again, clock.now()));
      });
    }
    default:
      called satisfies never;
  }
};

const finished = (
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

const retryChange = (now: RunWithSteps, step: Step, error: AppError, nextAt: number, at: number): Change => ({
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
