import { AppError } from "#core/errors.ts";
import { act, assertAtRest, findStep, type VerbDeps } from "./verb.ts";

/** Goes on without a step, where its author allows that. */
export const skip = (deps: VerbDeps, runId: string, stepId: string, by: string): Promise<void> =>
  act(deps, runId, (now, at) => {
    assertAtRest(now, at, ["failed", "asking", "waiting", "paused"], "skip a step");
    const step = findStep(now, stepId);
    if (step.skippable === null) throw new AppError("not-allowed-now", `“${step.title}” cannot be skipped.`);
    if (step.state !== "failed" && step.state !== "asking" && step.state !== "waiting") {
      throw new AppError("not-allowed-now", `“${step.title}” is ${step.state}, so there is nothing to skip.`);
    }
    const detail = `Skipped by ${by}. ${step.skippable}`;
    const paused = now.run.state === "paused";
    return {
      run: paused ? { pausedFrom: "queued" } : { state: "queued", wakeAt: at, error: null, endedAt: null },
      steps: [
        {
          id: stepId,
          patch: {
            state: "skipped",
            detail,
            endedAt: at,
            form: null,
            waiting: null,
            error: null,
            result: null,
          },
        },
      ],
      events: [
        { type: "step.state", stepId, from: step.state, to: "skipped", attempt: step.attempt, by, detail },
        ...(paused ? [] : [{ type: "run.state", from: now.run.state, to: "queued" } as const]),
      ],
    };
  });
