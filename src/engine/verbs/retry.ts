import { AppError } from "#core/errors.ts";
import { retriedStep } from "#core/rules.ts";
import type { RunWithSteps } from "#core/run.ts";
import { retried } from "#engine/moves/back.ts";
import type { Move } from "#engine/moves/move.ts";
import type { EngineParts } from "#engine/parts.ts";
import { act } from "./act.ts";

/**
 * Tries the step again that failed or was cancelled, or ends the pause before the next try or look. `stepId` makes sure that it is the
 * one that was meant: AppError("not-allowed-now") when it is not.
 */
export const retry = (parts: EngineParts, runId: string, by: string, stepId?: string): Promise<void> =>
  act(parts, "retry", runId, (now, at) => {
    const step = retriedStep(now);
    if (stepId !== undefined && step?.id !== stepId) throw notThisOne(now, stepId);
    return now.run.state === "waiting" ? atOnce(now, at, by) : retried(now, step, by, at);
  });

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

const notThisOne = ({ steps }: RunWithSteps, stepId: string): AppError => {
  const step = steps.find((one) => one.id === stepId);
  return step === undefined
    ? new AppError("not-found", `This run has no step “${stepId}”.`)
    : new AppError("not-allowed-now", `“${step.title}” is ${step.state}, so it cannot be tried again now.`);
};
