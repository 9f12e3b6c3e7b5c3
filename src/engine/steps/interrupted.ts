import { AppError } from "#core/errors.ts";
import { type Form, textOf, type Values } from "#core/form.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import { asked, both, recovered } from "#engine/moves/forward.ts";
import type { Decide, Move } from "#engine/moves/move.ts";

/** A run that another server process left between two steps, or while it waited: said on its page, and nothing is repeated. */
export const nothingWasCutOff: Decide = (now, at) => {
  const waiting = now.steps.find((step) => step.state === "waiting");
  const because =
    waiting === undefined
      ? "It was between two steps, so nothing was cut off and nothing is done again."
      : `It was waiting in “${waiting.title}”, so nothing was cut off; the time of its next look was kept.`;
  return recovered(now, waiting?.id ?? null, { outcome: "resumed", because }, at);
};

/** A step of which nobody but a person can tell whether it may run again; `because` says why. */
export const askWhatHappened = (now: RunWithSteps, step: Step, because: string, at: number): Move =>
  both(
    recovered(now, step.id, { outcome: "asking", because }, at),
    asked(now, step, interruptedForm(step), at),
  );

const interruptedForm = (step: Step): Form => ({
  fields: [
    {
      kind: "note",
      tone: "warning",
      text: `“${step.title}” was cut off and may or may not have taken effect. Look at the other side, then decide.${step.skippable === null ? " If it did take effect, cancel the run: Milepost cannot know what came out of it." : ""}`,
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
          : { state: "skipped", form: null, detail, endedAt: at, share: 1 },
      },
    ],
    by,
  };
};
