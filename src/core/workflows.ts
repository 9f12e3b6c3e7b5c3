import type { Run } from "./run.ts";
import type { Workflow } from "./workflow.ts";

/** Of a run: which workflow it goes through, and in which version. */
export type RunsCode = Pick<Run, "workflowId" | "code">;

/** The workflows that there are; which they are may change while runs are under way. */
export interface Workflows {
  /** What can be started, in the order in which it is offered. */
  offered(): readonly Workflow[];
  /** Whether there may be more in a moment, because the server has begun and not read all of them yet. */
  areBeingRead(): boolean;
  /** The version that a run goes on with: the one that it began with. Undefined when that is not there. */
  of(run: RunsCode): Workflow | undefined;
  /** Makes `of` find that version where it was not read since the server began. */
  ready(run: RunsCode): Promise<void>;
}

/** Workflows that stay as they are. */
export const fixedWorkflows = (workflows: readonly Workflow[]): Workflows => ({
  offered: () => workflows,
  areBeingRead: () => false,
  of: ({ workflowId }) => workflows.find(({ id }) => id === workflowId),
  ready: async () => {},
});
