import { AppError } from "#core/errors.ts";
import { retriedStep } from "#core/rules.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import { findRun, findStep } from "#engine/definition.ts";
import { retried } from "#engine/moves/back.ts";
import type { Decide, Move } from "#engine/moves/move.ts";
import { newerCode } from "#engine/newer-code.ts";
import type { EngineParts } from "#engine/parts.ts";
import { act } from "./act.ts";
import { newStep } from "./start.ts";

/** What is meant exactly. */
export interface Retrying {
  /** The step; AppError("not-allowed-now") when it is another one. */
  stepId?: string | undefined;
  /** Go on with this version of the workflow's file: the one that is offered now. AppError("conflict") when it is not, or does not fit. */
  code?: string | undefined;
}

/** Tries the step again that failed or was cancelled, or ends the pause before the next try or look. */
export const retry = async (
  parts: EngineParts,
  runId: string,
  by: string,
  { stepId, code }: Retrying = {},
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
    if (now.run.state === "waiting" && code === undefined) return atOnce(now, at, by);
    const move = retried(now, step, by, at);
    return code === undefined ? move : withCode(parts, now, move, by, code);
  };
  return act(parts, "retry", runId, decide, before);
};

/** The same move of an item, with the version of the file that the run above goes on with, where that is offered now and fits. */
export const newerFor = (
  parts: Pick<EngineParts, "workflows">,
  now: RunWithSteps,
  move: Move,
  by: string,
  above: string | null,
): Move => {
  const newer = newerCode(parts.workflows, now);
  const fits = newer?.code === above && newer?.unfit === null && now.run.undoTo === null;
  return fits ? withCode(parts, now, move, by, newer.code) : move;
};

const withCode = (
  { workflows }: Pick<EngineParts, "workflows">,
  now: RunWithSteps,
  move: Move,
  by: string,
  code: string,
): Move => {
  const newer = newerCode(workflows, now);
  if (newer?.code !== code || now.run.state === "waiting" || now.run.undoTo !== null)
    throw new AppError(
      "conflict",
      "The file of this workflow is not what it was when you looked, or the run is. Look again, then decide.",
    );
  if (newer.unfit !== null) throw new AppError("conflict", newer.unfit);
  const { kept, steps } = newer;
  const begun = now.steps.slice(0, kept).flatMap(({ id, state }, index) => {
    const definition = steps[index];
    if (definition === undefined || isStepDone(state)) return [];
    const { title, skippable, undoable } = newStep(definition, now.run.input);
    return [{ id, patch: { title, skippable, undoable } }];
  });
  return {
    ...move,
    run: { ...move.run, code },
    steps: [...(move.steps ?? []), ...begun],
    anew: { from: kept, steps: steps.slice(kept).map((step) => newStep(step, now.run.input)) },
    facts: [{ type: "run.code", by, code, steps: steps.map(({ id }) => id) }, ...(move.facts ?? [])],
  };
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
