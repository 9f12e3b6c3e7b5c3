import { type Looked, type ToldBefore, toldSince } from "#core/time-left/changed.ts";
import { findRun } from "#engine/definition.ts";
import type { EngineParts } from "#engine/parts.ts";
import { standingAt } from "./outlook.ts";

/**
 * What became of a run's time since somebody looked at it: what the whole is told to be now, or took in the end, and why. Null where that is
 * about what they were told, where they have seen its end, and of a run that ended without being completed.
 */
export const sinceLooked = async (
  { store, history, clock }: Pick<EngineParts, "store" | "history" | "clock">,
  runId: string,
  looked: Looked,
): Promise<ToldBefore | null> => {
  const at = await findRun({ store }, runId);
  const { state, endedAt, workflowId } = at.run;
  if (state === "failed" || state === "cancelled" || state === "undone" || state === "undoing") return null;
  if (endedAt !== null && looked.at >= endedAt) return null;
  const known = { model: await history.of(workflowId), promises: [] };
  const { left } = standingAt(at, known, clock.now());
  return toldSince(looked, left, left.why);
};
