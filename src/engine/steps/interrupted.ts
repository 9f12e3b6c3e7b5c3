import { AppError } from "#core/errors.ts";
import { type Form, textOf, type Values } from "#core/form.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { asked, both, recovered } from "#engine/moves/forward.ts";
import type { Decide, Move } from "#engine/moves/move.ts";

type DoDefinition = Extract<StepDefinition, { kind: "do" }>;

/**
 * Why doing a step again is harmless, in its author's words; null when nobody claimed that. A probe is a claim of its own: it looks
 * before anything is done again.
 */
export const claimOf = ({ whenInterrupted, safeBecause, readsOnly }: DoDefinition): string | null => {
  if (typeof whenInterrupted === "function")
    return "Before doing it again, Milepost looks whether it already happened.";
  if (whenInterrupted === "ask") return null;
  return safeBecause ?? (readsOnly === true ? "It only reads." : null);
};

/** A run that another server process left between two steps, or while it waited: said on its page, and nothing is repeated. */
export const nothingWasCutOff: Decide = (now, at) => {
  const waiting = now.steps.find((step) => step.state === "waiting");
  const because =
    waiting === undefined
      ? "It was between two steps, so nothing was cut off and nothing is done again."
      : `It was waiting in “${waiting.title}”, so nothing was cut off; the time of its next look was kept.`;
  return recovered(now, waiting?.id ?? null, { outcome: "resumed", because }, at);
};

/** A step of which nobody but a person can tell whether it may run again. */
export const askWhatHappened = (now: RunWithSteps, step: Step, at: number): Move => {
  const because =
    "Whether it took effect is not known, and nobody said that doing it twice is harmless. So a person decides.";
  return both(
    recovered(now, step.id, { outcome: "asking", because }, at),
    asked(now, step, interruptedForm(step), at),
  );
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

/** The move that follows from a person's decision about a cut-off step. */
export const decideInterrupted = (step: Step, values: Values, by: string, at: number): Move => {
  const decision = textOf(values, "decision");
  if (decision !== "again" && !(decision === "skip" && step.skippable !== null)) {
    throw new AppError("bad-answer", "Choose one of the answers.", { field: "decision" });
  }
  const again = decision === "again";
  const detail = again ? `${by} decided to do it again.` : `Skipped by ${by} after it was cut off.`;
  return {
    run: { state: "queued", wakeAt: at },
    steps: [
      {
        id: step.id,
        patch: again
          ? { state: "pending", form: null, detail }
          : { state: "skipped", form: null, detail, endedAt: at },
      },
    ],
    by,
  };
};
