import type { Change } from "#core/change.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Workflow } from "#core/workflow.ts";
import { isMade } from "./go-back.ts";

/**
 * A change that fails a run, turned into one that undoes what the run made, where its input asks for that. The error stays, so that
 * its page says why; a failed undo is not undone.
 */
export const rolledBack = (
  workflows: readonly Workflow[],
  now: RunWithSteps,
  change: Change,
  at: number,
): Change => {
  if (change.run?.state !== "failed" || now.run.state === "undoing") return change;
  const flow = workflows.find((one) => one.id === now.run.workflowId);
  if (flow?.start.onFailure?.(now.run.input) !== "undo" || !madeSomething(now, change)) return change;
  const because = change.run.error?.message ?? "it failed";
  return {
    ...change,
    run: { ...change.run, state: "undoing", wakeAt: at, endedAt: null },
    events: change.events.map((event) =>
      event.type === "run.state" && event.to === "failed"
        ? { ...event, to: "undoing", because: `${because} What this run made is removed again.` }
        : event,
    ),
  };
};

const madeSomething = ({ steps }: RunWithSteps, change: Change): boolean => {
  const patches = new Map((change.steps ?? []).map(({ id, patch }) => [id, patch]));
  return steps.some((step) => isMade({ ...step, ...patches.get(step.id) }));
};
