import type { Change } from "#core/change.ts";
import { AppError, toAppError } from "#core/errors.ts";
import type { NewEvent, NewLogLine } from "#core/event.ts";
import type { RunWithSteps } from "#core/run.ts";
import { Skip } from "#core/special-answers.ts";
import type { Progress, Step, Waiting } from "#core/step.ts";
import type { WaitContext } from "#core/step-context.ts";
import type { Look, Results, StepDefinition } from "#core/workflow.ts";
import { call } from "./call.ts";
import { stepContext } from "./context.ts";
import { failedChange, letGoWith } from "./ends.ts";
import type { Hold } from "./hold.ts";
import { Stop } from "./stop.ts";

type WaitDefinition = Extract<StepDefinition, { kind: "wait" }>;

/** One look may take this long. */
const lookTimeoutMs = 60_000;
/** Each pause between looks is this many times the one before. */
const growth = 1.5;

/**
 * One look at something elsewhere. When it is not done, the time of the next look is committed and the run is let go: nothing of a
 * wait lives in memory only. Errors that can pass count as a look whose word is the error.
 */
export const runWaitStep = async (hold: Hold, stepId: string, definition: WaitDefinition): Promise<void> => {
  const { clock } = hold.deps;
  const first = hold.step(stepId);
  if (first.state === "pending") await hold.record((now) => began(now, first, clock.now()));
  const step = hold.step(stepId);
  const waiting = step.waiting ?? {
    for: "look",
    word: "",
    since: clock.now(),
    nextAt: clock.now(),
    looks: 0,
  };
  if (waiting.nextAt > clock.now())
    return hold.record((now) =>
      letGoWith(now, clock.now(), { run: { state: "waiting", wakeAt: waiting.nextAt }, events: [] }),
    );

  const logs: NewLogLine[] = [];
  const called = await call((signal) => definition.look(waitContext(hold, step, waiting, signal, logs)), {
    signal: hold.signal,
    clock,
    timeoutMs: lookTimeoutMs,
    graceMs: hold.deps.stopGraceMs,
  });
  const at = clock.now();
  const activeMs = step.activeMs + Math.max(0, at - waiting.since);
  if (called.kind === "stopped") {
    if (called.why !== "cancel") throw new Stop(called.why);
    return;
  }
  if (called.kind === "value" && called.value instanceof Skip) {
    const { reason, result } = called.value;
    return hold.record((now) => finished(now, step, "skipped", result, reason, at, activeMs, logs));
  }
  if (called.kind === "value" && "done" in called.value) {
    const { done } = called.value;
    return hold.record((now) =>
      finished(now, step, "completed", done, definition.detail?.(done) ?? null, at, activeMs, logs),
    );
  }
  const error = called.kind === "error" ? toAppError(called.error) : null;
  if (error?.code === "internal")
    hold.deps.log.error({ err: error.cause, runId: step.runId, stepId }, "a look failed unexpectedly");
  if (error !== null && !error.canPass) return hold.record((now) => failedChange(now, step, error, at));
  if (activeMs > definition.timeoutMs) {
    const word = error?.message ?? (called.kind === "value" ? wordOf(called.value) : "");
    const late = new AppError(
      "timed-out",
      `It was not done after ${Math.round(definition.timeoutMs / 60_000)} minutes. The last answer was: ${word}`,
      { canPass: false },
    );
    return hold.record((now) => failedChange(now, step, late, at));
  }
  const look =
    called.kind === "value" && !(called.value instanceof Skip) && "waiting" in called.value
      ? called.value
      : null;
  const pauseMs =
    error?.retryAfterMs ??
    look?.nextInMs ??
    Math.min(definition.maxEveryMs ?? definition.everyMs, definition.everyMs * growth ** waiting.looks);
  const next: Waiting = {
    ...waiting,
    word: error?.message ?? look?.waiting ?? "",
    nextAt: at + Math.round(pauseMs),
    looks: waiting.looks + 1,
  };
  await hold.record((now) => letGoWith(now, at, looked(now, step, next, look, logs)));
};

/** Asks the other side to stop, where the step knows how; gives the sentence for the receipt. */
export const cancelWait = async (
  hold: Hold,
  step: Step,
  definition: WaitDefinition,
): Promise<string | undefined> => {
  const { onCancel } = definition;
  if (onCancel === undefined || step.waiting === null) return undefined;
  const { clock, stopGraceMs } = hold.deps;
  const waiting = step.waiting;
  const called = await call((signal) => onCancel(waitContext(hold, step, waiting, signal, [])), {
    signal: new AbortController().signal,
    clock,
    timeoutMs: 2 * stopGraceMs,
    graceMs: 0,
  });
  return called.kind === "value"
    ? called.value
    : `What goes on elsewhere could not be stopped: ${called.kind === "error" ? toAppError(called.error).message : "it did not answer in time."}`;
};

const waitContext = (
  hold: Hold,
  step: Step,
  waiting: Waiting,
  signal: AbortSignal,
  logs: NewLogLine[],
): WaitContext<unknown, Results> => ({
  ...stepContext(hold.at(), step, signal, hold.deps),
  look: waiting.looks + 1,
  waitingSince: step.attemptAt ?? step.startedAt ?? waiting.since,
  log: (text, level = "info") => logs.push({ stepId: step.id, attempt: step.attempt, level, text }),
});

const wordOf = (look: Look<unknown> | Skip<unknown>): string => ("waiting" in look ? look.waiting : "");

const began = (now: RunWithSteps, step: Step, at: number): Change => {
  const events: NewEvent[] = [
    { type: "step.state", stepId: step.id, from: step.state, to: "waiting", attempt: step.attempt + 1 },
  ];
  if (now.run.state !== "waiting") events.push({ type: "run.state", from: now.run.state, to: "waiting" });
  return {
    run: { state: "waiting", startedAt: now.run.startedAt ?? at, endedAt: null, error: null },
    steps: [
      {
        id: step.id,
        patch: {
          state: "waiting",
          attempt: step.attempt + 1,
          startedAt: step.startedAt ?? at,
          attemptAt: at,
          endedAt: null,
          error: null,
          waiting: { for: "look", word: "", since: at, nextAt: at, looks: 0 },
        },
      },
    ],
    events,
  };
};

const looked = (
  now: RunWithSteps,
  step: Step,
  waiting: Waiting,
  look: Extract<Look<unknown>, { waiting: string }> | null,
  logs: NewLogLine[],
): Change => {
  const progress: Progress | null =
    look?.progress === undefined ? null : { unit: "items", perSecond: null, ...look.progress };
  const share =
    progress === null || progress.total === null || progress.total <= 0
      ? step.share
      : Math.max(step.share ?? 0, Math.min(1, progress.done / progress.total));
  return {
    run: { state: now.run.state === "running" ? "waiting" : now.run.state, wakeAt: waiting.nextAt },
    steps: [{ id: step.id, patch: { waiting, ...(progress === null ? {} : { progress, share }) } }],
    events: [
      {
        type: "step.look",
        stepId: step.id,
        word: waiting.word,
        looks: waiting.looks,
        nextAt: waiting.nextAt,
      },
    ],
    logs,
  };
};

const finished = (
  now: RunWithSteps,
  step: Step,
  to: "completed" | "skipped",
  result: unknown,
  detail: string | null,
  at: number,
  activeMs: number,
  logs: NewLogLine[],
): Change => ({
  run: { state: "running" },
  steps: [
    {
      id: step.id,
      patch: {
        state: to,
        result: result ?? null,
        detail,
        endedAt: at,
        activeMs,
        waiting: null,
        share: 1,
        error: null,
      },
    },
  ],
  events: [
    {
      type: "step.state",
      stepId: step.id,
      from: step.state,
      to,
      attempt: step.attempt,
      ...(detail === null ? {} : { detail }),
    },
    { type: "run.state", from: now.run.state, to: "running" },
  ],
  logs,
});
