import { AppError } from "#core/errors.ts";
import { pausedChange } from "./ends.ts";
import { act, assertNotFinalized, isHeld, type VerbDeps } from "./verb.ts";

/** Stops the run before its next step; a wait stops at once. Asking twice is the same as asking once. */
export const pause = (deps: VerbDeps, runId: string, by: string): Promise<void> =>
  act(deps, runId, (now, at) => {
    assertNotFinalized(now);
    const { run } = now;
    if (run.state === "paused" || run.wish !== null) return { events: [] };
    if (
      run.state !== "queued" &&
      run.state !== "running" &&
      run.state !== "waiting" &&
      run.state !== "asking"
    ) {
      throw new AppError("not-allowed-now", `A run that is ${run.state} cannot be paused.`);
    }
    const asked = { type: "run.asked", wish: "pause", by } as const;
    if (isHeld(now, at)) return { run: { wish: "pause" }, events: [asked] };
    const paused = pausedChange(now, at);
    return { ...paused, events: [asked, ...paused.events] };
  });
