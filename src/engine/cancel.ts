import { AppError } from "#core/errors.ts";
import type { CancelReceipt, RunWithSteps } from "#core/run.ts";
import { cancelledChange } from "./ends.ts";
import { act, assertNotFinalized, isHeld, type VerbDeps } from "./verb.ts";

/**
 * Cancels the run. Work in flight is signalled and its end is confirmed, or the receipt says that it could not be.
 * Cancelling a run that is cancelled changes nothing.
 */
export const cancel = (deps: VerbDeps, runId: string, by: string): Promise<void> =>
  act(deps, runId, (now, at) => {
    assertNotFinalized(now);
    const { run } = now;
    if (run.state === "cancelled" || run.wish === "cancel") return { events: [] };
    if (run.state === "completed" || run.state === "undone" || run.state === "undoing") {
      throw new AppError("not-allowed-now", `A run that is ${run.state} cannot be cancelled.`);
    }
    const receipt: CancelReceipt = {
      askedAt: at,
      by,
      stepId: null,
      signalledAt: null,
      confirmedAt: null,
      unconfirmed: null,
      note: null,
    };
    const asked = { type: "run.asked", wish: "cancel", by } as const;
    if (isHeld(now, at)) return { run: { wish: "cancel", cancel: receipt }, events: [asked] };
    if (goesOnElsewhere(deps, now)) {
      return { run: { state: "waiting", wish: "cancel", cancel: receipt, wakeAt: at }, events: [asked] };
    }
    const cancelled = cancelledChange({ ...now, run: { ...run, cancel: receipt } }, at, by, null);
    return { ...cancelled, events: [asked, ...cancelled.events] };
  });

/** A wait whose other side can be told to stop: the worker does that before the run is cancelled. */
const goesOnElsewhere = (deps: VerbDeps, now: RunWithSteps): boolean => {
  const waiting = now.steps.find((step) => step.state === "waiting" && step.kind === "wait");
  if (waiting === undefined || (now.run.state !== "waiting" && now.run.state !== "paused")) return false;
  const definition = deps.workflows
    .find((one) => one.id === now.run.workflowId)
    ?.steps.find((one) => one.id === waiting.id);
  return definition?.kind === "wait" && definition.onCancel !== undefined;
};
