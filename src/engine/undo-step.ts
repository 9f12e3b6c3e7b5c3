import { toAppError } from "#core/errors.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { call } from "./call.ts";
import { doContext } from "./do-step.ts";
import { stored } from "./ends.ts";
import { isMade } from "./go-back.ts";
import type { Hold } from "./hold.ts";
import { createReporter } from "./reporter.ts";
import { Stop } from "./stop.ts";

type Undoable = Extract<StepDefinition, { kind: "do" | "wait" }>;

/**
 * Undoes one step. Its undo must bear being called again: after a crash it is. True when it is undone; false when the run failed there,
 * so that a person can look and ask for undo once more.
 */
export const undoStep = async (hold: Hold, stepId: string, definition: Undoable): Promise<boolean> => {
  const { clock } = hold.deps;
  const step = hold.step(stepId);
  const undo = definition.undo;
  if (undo === undefined) return true;
  await hold.record((now) => ({
    steps: [{ id: stepId, patch: { detail: "Undoing…" } }],
    events: [{ type: "run.state", from: now.run.state, to: "undoing", because: `undoing “${step.title}”` }],
  }));
  const reporter = createReporter(hold, stepId, step.attempt);
  const called = await call(
    (signal) =>
      undo({
        ...doContext(hold, step, reporter, signal, `${step.runId}/${stepId}/undo`),
        result: step.result ?? undefined,
        goingBack: hold.run().undoTo !== null,
      }),
    {
      signal: hold.signal,
      clock,
      timeoutMs: definition.timeoutMs ?? null,
      graceMs: definition.stopWithinMs ?? hold.deps.stopGraceMs,
    },
  );
  await reporter.close();
  if (called.kind === "stopped") throw new Stop(called.why);
  if (called.kind === "value") {
    await hold.record((now) => {
      const from = now.steps.find((one) => one.id === stepId)?.state ?? "completed";
      return {
        steps: [{ id: stepId, patch: { state: "undone", detail: "Undone." } }],
        events: [{ type: "step.state", stepId, from, to: "undone", attempt: step.attempt }],
      };
    });
    return true;
  }
  const error = toAppError(called.error);
  if (error.code === "internal")
    hold.deps.log.error({ err: called.error, runId: step.runId, stepId }, "an undo failed unexpectedly");
  await hold.record((now) => ({
    run: {
      state: "failed",
      wakeAt: null,
      wish: null,
      endedAt: clock.now(),
      claimedBy: null,
      claimedUntil: null,
      error: {
        ...stored(error),
        message: `Undoing “${step.title}” failed: ${error.message} ${stillThere(now)}`,
        stepId,
      },
    },
    steps: [{ id: stepId, patch: { error: stored(error), detail: "Could not be undone." } }],
    events: [
      { type: "step.failed", stepId, code: error.code, message: error.message, attempt: step.attempt },
      { type: "run.state", from: "undoing", to: "failed", because: error.message },
    ],
  }));
  return false;
};

/** What of this run was not removed, in the order in which it was made. */
const stillThere = ({ steps }: RunWithSteps): string => {
  const left = steps.filter(isMade);
  return `Not undone: ${left.map((step) => `“${step.title}”`).join(", ")}. Undo again to go on with the rest.`;
};
