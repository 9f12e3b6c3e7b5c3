import { assertMay } from "#core/rules.ts";
import { findStep } from "#engine/definition.ts";
import { leftOut } from "#engine/moves/forward.ts";
import type { EngineParts } from "#engine/parts.ts";
import { act } from "./act.ts";

/** Goes on without a step, where its author allows that. */
export const skip = (parts: EngineParts, runId: string, stepId: string, by: string): Promise<void> =>
  act(parts, "skip", runId, (now, at) => {
    const step = findStep(now, stepId);
    assertMay("skip", now, step);
    return { ...leftOut(now, step, `Skipped by ${by}. ${step.skippable ?? ""}`.trim(), at), by };
  });
