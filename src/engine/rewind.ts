import { AppError } from "#core/errors.ts";
import { goneBack } from "./go-back.ts";
import { act, assertAtRest, findStep, type VerbDeps } from "./verb.ts";

/**
 * Goes back to a step. Its own answer stays to fill its form again; later answers and results are cleared, and what those steps made is
 * undone first.
 */
export const rewind = (deps: VerbDeps, runId: string, stepId: string, by: string): Promise<void> =>
  act(deps, runId, (now, at) => {
    assertAtRest(now, at, ["asking", "waiting", "paused", "failed", "completed", "cancelled"], "go back");
    const target = findStep(now, stepId);
    if (target.state === "pending")
      throw new AppError("not-allowed-now", `“${target.title}” has not begun yet.`);
    return goneBack(now, target, `${by} went back, so what was made since is removed`, by, at);
  });
