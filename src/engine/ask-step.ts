import type { Change } from "#core/change.ts";
import { toAppError } from "#core/errors.ts";
import type { NewEvent } from "#core/event.ts";
import type { Form } from "#core/form.ts";
import { nextTryMs } from "#core/retry.ts";
import type { RunWithSteps } from "#core/run.ts";
import { Skip } from "#core/special-answers.ts";
import type { Step, Waiting } from "#core/step.ts";
import type { AskContext } from "#core/step-context.ts";
import type { Results, StepDefinition } from "#core/workflow.ts";
import { call } from "./call.ts";
import { stepContext } from "./context.ts";
import { failedChange, letGoWith } from "./ends.ts";
import type { Hold } from "./hold.ts";
import { Stop } from "./stop.ts";

type AskDefinition = Extract<StepDefinition, { kind: "ask" }>;

/** Looking up what a question needs may take this long. */
const drawTimeoutMs = 120_000;

/** Draws the question, keeps it with the step, and lets the run go until a person answers. */
export const runAskStep = async (hold: Hold, stepId: string, definition: AskDefinition): Promise<void> => {
  const { clock } = hold.deps;
  await hold.record((now) => drawing(now, hold.step(stepId), clock.now()));
  const step = hold.step(stepId);
  const context: AskContext<unknown, Results> = {
    ...stepContext(hold.at(), step, hold.signal, hold.deps),
    previous: step.result ?? undefined,
  };
  const called = await call(async (signal) => definition.form({ ...context, signal }), {
    signal: hold.signal,
    clock,
    timeoutMs: drawTimeoutMs,
    graceMs: hold.deps.stopGraceMs,
  });
  if (called.kind === "stopped") {
    if (called.why !== "cancel") throw new Stop(called.why);
    return;
  }
  if (called.kind === "value") {
    const { value } = called;
    if (value instanceof Skip) return hold.record((now) => notAsked(now, stepId, value, clock.now()));
    return hold.record((now) =>
      letGoWith(now, clock.now(), askedChange(now, step, value, deadline(definition, clock.now()))),
    );
  }
  const error = toAppError(called.error);
  if (error.code === "internal")
    hold.deps.log.error({ err: called.error, runId: step.runId, stepId }, "a question could not be drawn");
  const again = nextTryMs(hold.deps.retry, step.attempt, error, hold.deps.random());
  if (again === null) return hold.record((now) => failedChange(now, step, error, clock.now()));
  const nextAt = clock.now() + again;
  await hold.record((now) =>
    letGoWith(now, clock.now(), {
      run: { state: "waiting", wakeAt: nextAt },
      steps: [
        {
          id: stepId,
          patch: {
            state: "waiting",
            waiting: { for: "retry", word: error.message, since: clock.now(), nextAt, looks: step.attempt },
          },
        },
      ],
      events: [
        {
          type: "step.retry",
          stepId,
          code: error.code,
          message: error.message,
          attempt: step.attempt,
          nextAt,
        },
        { type: "run.state", from: now.run.state, to: "waiting" },
      ],
    }),
  );
};

/** The run asks a person; the form is part of the truth, so that every browser shows the same question. */
export const askedChange = (
  now: RunWithSteps,
  step: Step,
  form: Form,
  waiting: Waiting | null = null,
): Change => ({
  run: { state: "asking", wakeAt: waiting?.nextAt ?? null },
  steps: [{ id: step.id, patch: { state: "asking", form, waiting, error: null } }],
  events: [
    { type: "step.state", stepId: step.id, from: step.state, to: "asking", attempt: step.attempt },
    { type: "run.state", from: now.run.state, to: "asking" },
  ],
});

/** Until when an answer is awaited, and what holds after that. */
const deadline = ({ timeoutMs, unanswered }: AskDefinition, at: number): Waiting | null =>
  timeoutMs === undefined
    ? null
    : {
        for: "answer",
        word:
          unanswered === undefined
            ? "Without an answer by then the step fails."
            : `Without an answer by then this counts: ${wordsOf(unanswered)}.`,
        since: at,
        nextAt: at + timeoutMs,
        looks: 0,
      };

const wordsOf = ({ press, ...values }: NonNullable<AskDefinition["unanswered"]>): string =>
  [press, ...Object.values(values).flat()].filter((word) => word !== undefined).join(", ");

/** Nobody needs to be asked: the run goes straight on. */
const notAsked = (
  now: RunWithSteps,
  stepId: string,
  { reason, result }: Skip<unknown>,
  at: number,
): Change => {
  const attempt = now.steps.find((one) => one.id === stepId)?.attempt ?? 1;
  return {
    steps: [{ id: stepId, patch: { state: "skipped", result: result ?? null, detail: reason, endedAt: at } }],
    events: [{ type: "step.state", stepId, from: "running", to: "skipped", attempt, detail: reason }],
  };
};

const drawing = (now: RunWithSteps, step: Step, at: number): Change => {
  const events: NewEvent[] = [];
  if (now.run.state !== "running") events.push({ type: "run.state", from: now.run.state, to: "running" });
  const attempt = step.attempt + 1;
  events.push({ type: "step.state", stepId: step.id, from: step.state, to: "running", attempt });
  return {
    run: { state: "running", startedAt: now.run.startedAt ?? at, endedAt: null, error: null },
    steps: [
      {
        id: step.id,
        patch: {
          state: "running",
          attempt,
          startedAt: step.startedAt ?? at,
          endedAt: null,
          waiting: null,
          error: null,
        },
      },
    ],
    events,
  };
};
