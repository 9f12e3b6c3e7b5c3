import type { RunWithSteps } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import { staysOf } from "#core/step.ts";
import { numbered } from "#core/supervised.ts";
import { behindSentence } from "#core/turn.ts";

/** Where a run is, in a line. */
export const nowLine = ({ run, steps }: RunWithSteps): string => {
  if (run.state === "completed") return run.outcome?.sentence ?? "Completed.";
  if (run.undoneAt !== null) {
    const stays = staysOf(steps);
    return stays === null
      ? "Everything it made was removed."
      : `Some of what it made is still there: ${stays}`;
  }
  if (run.state === "cancelled") return "Cancelled.";
  if (run.behind !== null) return behindSentence(run.behind);
  if (run.state === "undoing") return "What it made is being removed.";
  // A step that could not be undone is done all the same.
  const undone = run.ended === null ? -1 : steps.findIndex(({ id }) => id === run.error?.stepId);
  const index = undone < 0 ? steps.findIndex((step) => !isStepDone(step.state)) : undone;
  const step = steps[index];
  const { numbers, total } = numbered(run.mode, steps);
  if (step === undefined) return "";
  const line = `Step ${numbers[index]} of ${total}: ${step.title}`;
  const { waiting } = step;
  // "37 done, 2 failed, 1 at work.", or why it is tried again.
  const tells =
    waiting?.for === "retry" ||
    (waiting?.for === "look" && (step.kind === "each" || waiting.failing === true));
  return tells ? `${line}: ${waiting.word}` : line;
};
