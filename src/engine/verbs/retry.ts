import { AppError } from "#core/errors.ts";
import { retriedStep } from "#core/rules.ts";
import type { RunWithSteps } from "#core/run.ts";
import { findRun, findStep } from "#engine/definition.ts";
import { retried } from "#engine/moves/back.ts";
import type { Decide, Move } from "#engine/moves/move.ts";
import type { EngineParts } from "#engine/parts.ts";
import { act } from "./act.ts";

/**
 * Tries the step again that failed or was cancelled, or ends the pause before the next try or look. `stepId` makes sure that it is the
 * one that was meant: AppError("not-allowed-now") when it is not.
 */
export const retry = async (
  parts: EngineParts,
  runId: string,
  by: string,
  stepId?: string,
): Promise<void> => {
  const before = await findRun(parts, runId);
  const meant = stepId === undefined ? undefined : findStep(before, stepId);
  const decide: Decide = (now, at) => {
    const step = retriedStep(now);
    if (meant !== undefined && step?.id !== meant.id)
      throw new AppError(
        "not-allowed-now",
        `“${meant.title}” is ${meant.state}, so it cannot be tried again now.`,
      );
    return now.run.state === "waiting" ? atOnce(now, at, by) : retried(now, step, by, at);
  };
  return act(parts, "retry", runId, decide, before);
};

const atOnce = ({ steps }: RunWithSteps, at: number, by: string): Move => {
  const step = steps.find((one) => one.state === "waiting");
  if (step?.waiting == null) return { run: { wakeAt: at } };
  const word = step.waiting.for === "retry" ? "to try again at once" : "to look at once";
  return {
    run: { wakeAt: at },
    steps: [
      { id: step.id, patch: { waiting: { ...step.waiting, nextAt: at }, detail: `${by} asked ${word}.` } },
    ],
  };
};
