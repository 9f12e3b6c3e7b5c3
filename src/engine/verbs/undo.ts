import { undoing } from "#engine/moves/back.ts";
import type { EngineParts } from "#engine/parts.ts";
import { act } from "./act.ts";

/** Goes backwards through what this run itself made and removes it. After a failed undo, asking again goes on with the rest. */
export const undo = (parts: EngineParts, runId: string, by: string): Promise<void> =>
  act(parts, "undo", runId, (now, at) => undoing(now, by, at));
