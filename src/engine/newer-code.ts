import { offeredFlow } from "#core/items-of.ts";
import type { NewerCode } from "#core/picture.ts";
import { may } from "#core/rules.ts";
import type { RunWithSteps } from "#core/run.ts";
import { supervised } from "#core/supervised.ts";
import type { StepDefinition } from "#core/workflow.ts";
import type { Workflows } from "#core/workflows.ts";

/** What a run would go on with, were it to take over the version of its workflow that is offered now. */
export interface Newer extends NewerCode {
  /** The steps in their order. */
  steps: readonly StepDefinition[];
  /** How many of the run's own steps stay; those after them are replaced. */
  kept: number;
}

/**
 * The version that is offered now, where it is another than that of the run. It fits when each step that the run has begun is in it at
 * the same place: what is done is never done again, and nothing that may be half done is lost sight of.
 */
export const newerCode = (workflows: Workflows, { run, steps }: RunWithSteps): Newer | null => {
  const offered = offeredFlow(workflows, run.workflowId);
  if (run.code === null || offered?.code === undefined || offered.code === run.code) return null;
  const flow = run.mode === "automatic" ? offered : supervised(offered, steps);
  const kept = steps.findLastIndex(({ state, attempt }) => state !== "pending" || attempt > 0) + 1;
  const odd = steps
    .slice(0, kept)
    .find(({ id, kind }, index) => flow.steps[index]?.id !== id || flow.steps[index]?.kind !== kind);
  const isNew = ({ id }: { id: string }) => !steps.some((step) => step.id === id);
  const isGone = ({ id }: { id: string }) => !flow.steps.some((step) => step.id === id);
  return {
    code: offered.code,
    unfit:
      odd === undefined
        ? null
        : `The run has begun “${odd.title}”, which is not at that place in the file any more.`,
    added: flow.steps.filter(isNew).map(({ title }) => title),
    gone: steps.filter(isGone).map(({ title }) => title),
    steps: flow.steps,
    kept,
  };
};

/** The same where a person may try again, and only there, without the steps. */
export const newerToTry = (workflows: Workflows, at: RunWithSteps): NewerCode | null => {
  if (!may("retry", at) || at.run.state === "waiting" || at.run.undoTo !== null) return null;
  const newer = newerCode(workflows, at);
  if (newer === null) return null;
  const { code, unfit, added, gone } = newer;
  return { code, unfit, added, gone };
};
