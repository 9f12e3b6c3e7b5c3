import type { RunPicture } from "#core/picture.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import type { Workflows } from "#core/workflows.ts";
import { misfit } from "#engine/definition.ts";

/** Why a run cannot go on, known before anybody asks it to; null where it can. A version that was not read yet is taken to be there. */
export const unfitOf = (workflows: Workflows, at: RunWithSteps): string | null =>
  at.run.code !== null && workflows.of(at.run) === undefined
    ? null
    : (misfit(workflows, at)?.message ?? null);

/** Makes sure that a run's version was read where it still matters. */
export const judged = async (workflows: Workflows, at: RunWithSteps): Promise<string | null> => {
  if (at.run.code === null) return unfitOf(workflows, at);
  if (isOver(at.run.state) && at.run.state !== "failed") return null;
  await workflows.ready(at.run);
  return misfit(workflows, at)?.message ?? null;
};

/** Without the controls for which the workflow is needed. */
export const withoutGoingOn = (picture: RunPicture): RunPicture => ({
  ...picture,
  may: {
    ...picture.may,
    pause: false,
    resume: false,
    // With the file as it is now it may.
    retry: picture.may.retry && picture.newerCode !== null,
    rewind: false,
    undo: false,
    modify: false,
  },
  steps: picture.steps.map((step) => ({
    ...step,
    mayAnswer: false,
    mayRewind: false,
    maySkip: false,
    mayRetry: step.mayRetry && picture.newerCode !== null,
  })),
});
