import { untried } from "#core/step.ts";
import { act, assertAtRest, type VerbDeps } from "./verb.ts";

/** Tries the step again that failed, was cancelled, or waits for its next attempt. */
export const retry = (deps: VerbDeps, runId: string, by: string): Promise<void> =>
  act(deps, runId, (now, at) => {
    assertAtRest(now, at, ["failed", "cancelled", "waiting"], "try again");
    const step = now.steps.find((one) => one.state === "failed" || one.state === "waiting");
    if (step?.waiting != null) {
      return {
        run: { wakeAt: at },
        steps: [{ id: step.id, patch: { waiting: { ...step.waiting, nextAt: at } } }],
        events: [],
      };
    }
    // It failed while it was going back: it goes on doing that.
    if (now.run.undoTo !== null) {
      return {
        run: { state: "undoing", wakeAt: at, error: null, endedAt: null },
        events: [
          { type: "run.state", from: now.run.state, to: "undoing", because: `${by} asked to try again` },
        ],
      };
    }
    const undone = now.steps.filter((one) => one.state === "undone");
    return {
      run: { state: "queued", wakeAt: at, error: null, cancel: null, endedAt: null },
      steps: [
        // After an undo that failed half-way, what was undone is done again.
        ...undone.map(({ id }) => ({ id, patch: { ...untried, result: null } })),
        ...(step === undefined
          ? []
          : [{ id: step.id, patch: { state: "pending", error: null, endedAt: null } as const }]),
      ],
      events: [
        ...(step === undefined
          ? []
          : [
              {
                type: "step.state",
                stepId: step.id,
                from: "failed",
                to: "pending",
                attempt: step.attempt,
                by,
              } as const,
            ]),
        { type: "run.state", from: now.run.state, to: "queued", because: `${by} asked to try again` },
      ],
    };
  });
