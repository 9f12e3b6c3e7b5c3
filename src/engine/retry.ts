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
    return {
      run: { state: "queued", wakeAt: at, error: null, cancel: null, endedAt: null },
      steps:
        step === undefined ? [] : [{ id: step.id, patch: { state: "pending", error: null, endedAt: null } }],
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
