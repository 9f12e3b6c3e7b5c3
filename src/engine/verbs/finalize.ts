import type { EngineParts } from "#engine/parts.ts";
import { act } from "./act.ts";

/** Makes a run that is over read-only, and forgets the secrets of its input: nothing needs them any more. */
export const finalize = (parts: EngineParts, runId: string, by: string): Promise<void> =>
  act(parts, "finalize", runId, (_now, at) => ({ run: { finalizedAt: at, secrets: null }, by }));

/** Makes a finalized run changeable again. */
export const unlock = (parts: EngineParts, runId: string, by: string): Promise<void> =>
  act(parts, "unlock", runId, () => ({ run: { finalizedAt: null }, by }));
