import { AppError } from "#core/errors.ts";
import { isOver } from "#core/states.ts";
import { act, assertNotFinalized, type VerbDeps } from "./verb.ts";

/** Makes a run that is over read-only, and forgets the secrets of its input: nothing needs them any more. */
export const finalize = (deps: VerbDeps, runId: string, by: string): Promise<void> =>
  act(deps, runId, (now, at) => {
    assertNotFinalized(now);
    if (!isOver(now.run.state)) {
      throw new AppError(
        "not-allowed-now",
        "Only a run that is over can be finalized. Let it end or cancel it first.",
      );
    }
    return { run: { finalizedAt: at, secrets: null }, events: [{ type: "run.finalized", by }] };
  });

/** Makes a finalized run changeable again. */
export const unlock = (deps: VerbDeps, runId: string, by: string): Promise<void> =>
  act(deps, runId, (now) => {
    if (now.run.finalizedAt === null) throw new AppError("not-allowed-now", "This run is not finalized.");
    return { run: { finalizedAt: null }, events: [{ type: "run.unlocked", by }] };
  });
