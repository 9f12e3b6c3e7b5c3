import { isDeepStrictEqual } from "node:util";
import { stillNeeded } from "#core/answerers.ts";
import type { StepPatch } from "#core/change.ts";
import type { AppError } from "#core/errors.ts";
import type { NewEvent } from "#core/event.ts";
import type { Form } from "#core/form.ts";
import type { Outcome, RunWithSteps } from "#core/run.ts";
import { isUnreached, type Progress, pausedMs, type Step, untried, type Waiting } from "#core/step.ts";
import { afresh, toDoAnew } from "./back.ts";
import { letGo, lettingGo, type Move, stored } from "./move.ts";

/** A new attempt begins: to work, to draw a question, or to wait for something elsewhere. */
export const begun = (now: RunWithSteps, step: Step, at: number, to: "running" | "waiting"): Move => {
  const { waiting } = step;
  return {
    run: { state: to, startedAt: now.run.startedAt ?? at, endedAt: null, error: null },
    steps: [
      {
        id: step.id,
        patch: {
          state: to,
          attempt: step.attempt + 1,
          startedAt: step.startedAt ?? at,
          attemptAt: at,
          signAt: at,
          endedAt: null,
          share: null,
          progress: null,
          substeps: [],
          error: null,
          detail: null,
          backoffMs: step.backoffMs + (waiting?.for === "retry" ? pausedMs(waiting, at) : 0),
          waiting: to === "waiting" ? { for: "look", word: "", since: at, nextAt: at, looks: 0 } : null,
        },
      },
    ],
  };
};

/** Ended well, or had nothing to do; `tookMs` is what is to be added to its time. */
export const done = (
  now: RunWithSteps,
  step: Step,
  ended: {
    skipped: string | null;
    result: unknown;
    detail: string | null;
    tookMs: number;
    progress?: Progress | null;
  },
  at: number,
): Move => ({
  run: now.run.state === "waiting" ? { state: "running" } : {},
  steps: [
    {
      id: step.id,
      patch: {
        state: ended.skipped === null ? "completed" : "skipped",
        result: ended.result ?? null,
        detail: ended.skipped ?? ended.detail,
        endedAt: at,
        activeMs: step.activeMs + ended.tookMs,
        waiting: null,
        form: null,
        share: 1,
        error: null,
        ...(ended.progress == null ? {} : { progress: ended.progress }),
      },
    },
  ],
});

/** A look found it not done yet: the next one is kept, and nothing of the wait lives in memory only. */
export const lookedAt = (
  now: RunWithSteps,
  step: Step,
  waiting: Waiting,
  seen: { progress: Progress | null; tookMs: number; signAt: number | null },
  at: number,
): Move => {
  const { progress } = seen;
  const share =
    progress === null || progress.total === null || progress.total <= 0
      ? step.share
      : Math.max(step.share ?? 0, Math.min(1, progress.done / progress.total));
  const patch: StepPatch = {
    waiting,
    // Who is not reached does nothing that would take time.
    ...(isUnreached(waiting)
      ? { backoffMs: step.backoffMs + seen.tookMs }
      : { activeMs: step.activeMs + seen.tookMs }),
    ...(seen.signAt === null ? {} : { signAt: seen.signAt }),
    ...(progress === null || isDeepStrictEqual(progress, step.progress) ? {} : { progress, share }),
  };
  return lettingGo(now, at, {
    run: { state: now.run.state === "running" ? "waiting" : now.run.state, wakeAt: waiting.nextAt },
    steps: [{ id: step.id, patch }],
  });
};

/** An attempt failed in a way that may pass: it is tried again at `nextAt`. */
export const triedAgainLater = (
  now: RunWithSteps,
  step: Step,
  failed: { error: AppError; tookMs: number },
  nextAt: number,
  at: number,
): Move =>
  lettingGo(now, at, {
    run: { state: "waiting", wakeAt: nextAt },
    steps: [
      {
        id: step.id,
        patch: {
          state: "waiting",
          error: stored(failed.error),
          activeMs: step.activeMs + failed.tookMs,
          waiting: { for: "retry", word: failed.error.message, since: at, nextAt, looks: step.attempt },
        },
      },
    ],
  });

/** Not yet time: the run sleeps until then. */
export const sleeping = (now: RunWithSteps, nextAt: number, at: number): Move =>
  lettingGo(now, at, { run: { state: "waiting", wakeAt: nextAt } });

/** The run asks a person; the form is part of the truth, so that every browser shows the same question. */
export const asked = (
  now: RunWithSteps,
  step: Step,
  form: Form,
  at: number,
  deadline: Waiting | null = null,
): Move =>
  lettingGo(now, at, {
    run: { state: "asking", wakeAt: deadline?.nextAt ?? null },
    steps: [{ id: step.id, patch: { state: "asking", form, waiting: deadline, error: null } }],
  });

/** One of several who have to agree did; the question stays open for the others. */
export const agreed = (step: Step, form: Form, by: string): Move => ({
  by,
  steps: [
    {
      id: step.id,
      patch: { form, detail: `${by} agreed; ${stillNeeded(form)} more to agree.` },
    },
  ],
});

/** A person answered, or what holds without an answer was taken. */
export const answered = (
  step: Step,
  given: { answer: unknown; detail: string | null; subject: string },
  at: number,
): Move => ({
  run: { state: "queued", wakeAt: at, subject: given.subject },
  steps: [
    {
      id: step.id,
      patch: {
        state: "completed",
        result: given.answer ?? null,
        detail: given.detail,
        endedAt: at,
        share: 1,
        form: null,
        error: null,
        waiting: null,
      },
    },
  ],
});

/** A person goes on without a step; what was undone after it failed is done again. */
export const leftOut = (now: RunWithSteps, step: Step, detail: string, at: number): Move => {
  const again = toDoAnew(now);
  return {
    run:
      now.run.state === "paused"
        ? { pausedFrom: "queued" }
        : { ...afresh, state: "queued", wakeAt: at, ...(again.length === 0 ? {} : { percentFloor: 0 }) },
    steps: [
      ...again.map(({ id }) => ({ id, patch: { ...untried, result: null } })),
      {
        id: step.id,
        patch: {
          state: "skipped",
          detail,
          endedAt: at,
          share: 1,
          form: null,
          waiting: null,
          error: null,
          result: null,
        },
      },
    ],
  };
};

/** All steps are done. */
export const handedOver = (outcome: Outcome, at: number): Move => ({
  run: { ...letGo, state: "completed", outcome, endedAt: at, wakeAt: null, wish: null },
});

/** What is told of a step that an earlier server process, or a lost connection, left in the middle. */
export const recovered = (
  now: RunWithSteps,
  stepId: string | null,
  found: {
    outcome: "resumed" | "again" | "found" | "asking";
    because: string;
    checked?: string;
    badEnd?: boolean;
  },
  at: number,
): Move => {
  const { outcome, because, checked } = found;
  const before = now.run.recovery;
  // What was found by a check belongs to what was told before it.
  const same = before !== null && before.stepId === stepId && checked !== undefined ? before : null;
  const lastSignAt = same?.lastSignAt ?? now.run.changedAt;
  const badEnd = found.badEnd ?? same?.badEnd ?? false;
  const fact: NewEvent =
    stepId === null || outcome === "resumed"
      ? { type: "run.recovered", lastSignAt }
      : { type: "step.interrupted", stepId, outcome, because, ...(checked === undefined ? {} : { checked }) };
  return {
    run: {
      recovery: {
        ...{ at, lastSignAt, stepId, checked: checked ?? null, outcome, because },
        ...(badEnd ? { badEnd } : {}),
      },
    },
    facts: [fact],
  };
};

/** Two moves at once. */
export const both = (one: Move, other: Move): Move => ({
  ...one,
  ...other,
  run: { ...one.run, ...other.run },
  steps: [...(one.steps ?? []), ...(other.steps ?? [])],
  logs: [...(one.logs ?? []), ...(other.logs ?? [])],
  facts: [...(one.facts ?? []), ...(other.facts ?? [])],
});
