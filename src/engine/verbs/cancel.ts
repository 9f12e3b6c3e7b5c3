import { isHeld } from "#core/rules.ts";
import type { RunWithSteps } from "#core/run.ts";
import { eachUnderWay, waitOf } from "#engine/definition.ts";
import { both } from "#engine/moves/forward.ts";
import type { Decide } from "#engine/moves/move.ts";
import { askedToCancel, cancelled } from "#engine/moves/stop.ts";
import type { EngineParts } from "#engine/parts.ts";
import { act } from "./act.ts";

/** Cancels the run. Work in flight is signalled and its end is confirmed, or the receipt says that it could not be. */
export const cancel = (parts: EngineParts, runId: string, by: string): Promise<void> =>
  act(parts, "cancel", runId, cancelling(parts, by));

export const cancelling =
  (parts: Pick<EngineParts, "workflows">, by: string): Decide =>
  (now, at) => {
    const receipt = askedToCancel(by, at);
    if (isHeld(now)) return { run: { wish: "cancel", cancel: receipt }, by };
    if (goesOnElsewhere(parts, now))
      return { run: { state: "waiting", wish: "cancel", cancel: receipt, wakeAt: at }, by };
    const asked = { type: "run.asked", wish: "cancel", by } as const;
    return both({ facts: [asked] }, { ...cancelled(now, at, by, null), by });
  };

/** A wait whose other side can be told to stop: the worker does that before the run is cancelled. */
const goesOnElsewhere = ({ workflows }: Pick<EngineParts, "workflows">, now: RunWithSteps): boolean =>
  (now.run.state === "waiting" || now.run.state === "paused") &&
  (eachUnderWay(now) !== null || waitOf(workflows, now)?.definition.onCancel !== undefined);
