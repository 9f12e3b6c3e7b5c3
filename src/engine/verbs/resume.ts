import { resumed } from "#engine/moves/stop.ts";
import type { EngineParts } from "#engine/parts.ts";
import { act } from "./act.ts";

/** Goes on exactly where the run was paused. */
export const resume = (parts: EngineParts, runId: string, by: string): Promise<void> =>
  act(parts, "resume", runId, (now, at) => ({ ...resumed(now, at), because: `${by} asked for it`, by }));
