import { AppError } from "#core/errors.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { callAuthor } from "#engine/author.ts";
import type { Claim } from "#engine/claim.ts";
import { stepUndone, undoBegun, undoFailed } from "#engine/moves/back.ts";
import { nothing } from "#engine/shapes.ts";
import { Stop } from "#engine/stop.ts";
import { doContext } from "./context.ts";
import { createReporter } from "./reporter.ts";

type Undoable = Extract<StepDefinition, { kind: "do" | "wait" }>;

const cannotBeUndone = (title: string): string =>
  `The workflow has changed since this run began: it no longer says how “${title}” is undone.`;

/**
 * Undoes one step. Its undo must bear being called again: after a crash it is. True when it is undone; false when the run failed there,
 * so that a person can look and ask for undo once more.
 */
export const undoStep = async (claim: Claim, stepId: string, definition: Undoable): Promise<boolean> => {
  const { parts } = claim;
  const step = claim.step(stepId);
  if (definition.undo === undefined) throw new AppError("workflow-changed", cannotBeUndone(step.title));
  await claim.record(() => undoBegun(step));
  const reporter = createReporter(claim, stepId, step.attempt);
  const called = await callAuthor(parts, {
    of: step.title,
    name: "undo",
    shape: nothing,
    run: (signal) =>
      definition.undo?.({
        ...doContext(claim, step, reporter, signal, `${step.runId}/${stepId}/undo`),
        result: step.result ?? undefined,
        goingBack: claim.at().run.undoTo !== null,
      }),
    signal: claim.signal,
    limitMs: definition.timeoutMs ?? parts.limits.undo,
    graceMs: definition.stopWithinMs ?? parts.stopGraceMs,
  });
  await reporter.close();
  switch (called.kind) {
    case "stopped":
      throw new Stop(called.why);
    case "value":
      await claim.record(() => stepUndone(stepId));
      return true;
    case "error": {
      const { error } = called;
      await claim.record((now, at) => undoFailed(now, claim.step(stepId), error, at));
      return false;
    }
    default:
      return called satisfies never;
  }
};
