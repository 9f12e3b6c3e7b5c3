import { isHeld } from "#core/rules.ts";
import type { RunWithSteps } from "#core/run.ts";
import { eachUnderWay, waitOf } from "#engine/definition.ts";
import type { Decide } from "#engine/moves/move.ts";
import { paused } from "#engine/moves/stop.ts";
import type { EngineParts } from "#engine/parts.ts";
import { goesOn } from "#engine/steps/other-side.ts";
import { act } from "./act.ts";

/** Stops the run before its next step; a wait stops at once, and what it waits for pauses too where that is possible. */
export const pause = (parts: EngineParts, runId: string, by: string): Promise<void> =>
  act(parts, "pause", runId, pausing(parts, by));

export const pausing =
  (parts: Pick<EngineParts, "workflows">, by: string): Decide =>
  (now, at) => {
    if (isHeld(now)) return { run: { wish: "pause" }, by };
    if (eachUnderWay(now) !== null) return { run: { wish: "pause", wakeAt: at }, by };
    const meanwhile = whilePaused(parts, now);
    // The worker tells the other side to pause before the run is called paused.
    if (typeof meanwhile === "object") return { run: { wish: "pause", wakeAt: at }, by };
    const asked = { type: "run.asked", wish: "pause", by } as const;
    return {
      ...paused(now, at, meanwhile === undefined ? undefined : goesOn(meanwhile)),
      facts: [asked],
      by,
    };
  };

/** What the wait of this run, if it waits, says about its other side. */
const whilePaused = ({ workflows }: Pick<EngineParts, "workflows">, now: RunWithSteps) => {
  const wait = now.run.state === "waiting" ? waitOf(workflows, now) : null;
  return wait?.step.waiting?.for === "look" ? wait.definition.whilePaused : undefined;
};
