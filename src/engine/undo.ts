import { AppError } from "#core/errors.ts";
import { isMade } from "./go-back.ts";
import { act, assertAtRest, type VerbDeps } from "./verb.ts";

/** Goes backwards through what this run itself made and removes it. After a failed undo, asking again goes on with the rest. */
export const undo = (deps: VerbDeps, runId: string, by: string): Promise<void> =>
  act(deps, runId, (now, at) => {
    assertAtRest(now, at, ["completed", "failed", "cancelled", "paused"], "undo");
    if (!now.steps.some(isMade)) {
      throw new AppError("not-allowed-now", "This run has made nothing that could be undone.");
    }
    return {
      run: {
        state: "undoing",
        wakeAt: at,
        error: null,
        endedAt: null,
        pausedFrom: null,
        undoTo: null,
        nextInput: null,
      },
      events: [{ type: "run.state", from: now.run.state, to: "undoing", because: `${by} asked for it` }],
    };
  });
