import { assertMay } from "#core/rules.ts";
import { findStep } from "#engine/definition.ts";
import { goneBack } from "#engine/moves/back.ts";
import type { EngineParts } from "#engine/parts.ts";
import { act } from "./act.ts";

/**
 * Goes back to a step. Its own answer stays to fill its form again; later answers and results are cleared, and what those steps made is
 * undone first.
 */
export const rewind = (parts: EngineParts, runId: string, stepId: string, by: string): Promise<void> =>
  act(parts, "rewind", runId, (now, at) => {
    const target = findStep(now, stepId);
    assertMay("rewind", now, target);
    return { ...goneBack(now, target, `${by} went back, so what was made since is removed`, by, at), by };
  });
