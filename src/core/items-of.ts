import { offeredId, stepsToItems } from "./item.ts";
import type { Workflow } from "./workflow.ts";
import type { RunsCode, Workflows } from "./workflows.ts";

/** The same workflows, which also find what the runs of items go through: it is part of the workflow whose step made them. */
export const withItems = (workflows: Workflows): Workflows => ({
  offered: () => workflows.offered(),
  areBeingRead: () => workflows.areBeingRead(),
  ready: (run) => workflows.ready(atTop(run)),
  of: (run) => inside(workflows.of(atTop(run)), run.workflowId),
});

/** The same of what is offered now, in the version that it is of. */
export const offeredFlow = (
  { offered }: Pick<Workflows, "offered">,
  workflowId: string,
): Workflow | undefined => {
  const top = offered().find(({ id }) => id === offeredId(workflowId));
  const flow = inside(top, workflowId);
  return flow === undefined || top?.code === undefined ? flow : { ...flow, code: top.code };
};

const inside = (top: Workflow | undefined, workflowId: string): Workflow | undefined =>
  stepsToItems(workflowId).reduce<Workflow | undefined>((flow, stepId) => {
    const step = flow?.steps.find(({ id }) => id === stepId);
    return step?.kind === "each" ? step.flow : undefined;
  }, top);

const atTop = <R extends RunsCode>(run: R): R => ({ ...run, workflowId: offeredId(run.workflowId) });
