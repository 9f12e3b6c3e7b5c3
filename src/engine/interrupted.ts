import type { Change } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import { type Form, textOf, type Values } from "#core/form.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import { askedChange } from "./ask-step.ts";

/** A run that another server process left between two steps, or while it waited: said on its page, and nothing is repeated. */
export const nothingWasCutOff = (now: RunWithSteps, at: number): Change => {
  const waiting = now.steps.find((step) => step.state === "waiting");
  const because =
    waiting === undefined
      ? "It was between two steps, so nothing was cut off and nothing is done again."
      : `It was waiting in “${waiting.title}”, so nothing was cut off; the time of its next look was kept.`;
  return {
    run: {
      recovery: {
        at,
        lastSignAt: now.run.changedAt,
        stepId: waiting?.id ?? null,
        checked: null,
        outcome: "resumed",
        because,
      },
    },
    events: [{ type: "run.recovered", lastSignAt: now.run.changedAt }],
  };
};

/** A step whose author says that only a person can tell whether it may run again. */
export const askWhatHappened = (now: RunWithSteps, step: Step, at: number): Change => {
  const because =
    "Whether it took effect cannot be checked from here, and doing it twice may do harm. So a person decides.";
  const asked = askedChange(now, step, interruptedForm(step));
  return {
    ...asked,
    run: {
      ...asked.run,
      recovery: {
        at,
        lastSignAt: now.run.changedAt,
        stepId: step.id,
        checked: null,
        outcome: "asking",
        because,
      },
    },
    events: [{ type: "step.interrupted", stepId: step.id, outcome: "asking", because }, ...asked.events],
  };
};

const interruptedForm = (step: Step): Form => ({
  fields: [
    {
      kind: "note",
      tone: "warning",
      text: `“${step.title}” was cut off and may or may not have taken effect. Look at the other side, then decide.`,
    },
    {
      kind: "choice",
      name: "decision",
      label: "What now?",
      value: "again",
      options: [
        { value: "again", label: "Do it again: it did not take effect" },
        ...(step.skippable === null ? [] : [{ value: "skip", label: `Go on without it: ${step.skippable}` }]),
      ],
    },
  ],
  submit: "Decide",
});

/** The change that follows from a person's decision about a cut-off step. */
export const decideInterrupted = (
  now: RunWithSteps,
  step: Step,
  values: Values,
  by: string,
  at: number,
): Change => {
  const decision = textOf(values, "decision");
  if (decision !== "again" && !(decision === "skip" && step.skippable !== null)) {
    throw new AppError("bad-answer", "Choose one of the answers.", { field: "decision" });
  }
  const to = decision === "again" ? "pending" : "skipped";
  const detail =
    decision === "again" ? `${by} decided to do it again.` : `Skipped by ${by} after it was cut off.`;
  return {
    run: { state: "queued", wakeAt: at },
    steps: [
      { id: step.id, patch: { state: to, form: null, detail, ...(to === "skipped" ? { endedAt: at } : {}) } },
    ],
    events: [
      { type: "step.state", stepId: step.id, from: "asking", to, attempt: step.attempt, by, detail },
      { type: "run.state", from: now.run.state, to: "queued" },
    ],
  };
};
