import type { Change } from "#core/change.ts";
import { type NewStep, untried } from "#core/step.ts";
import type { RunWrites } from "./run-writes.ts";
import type { Schema } from "./schema.ts";
import { exec, type Tx } from "./tx.ts";

type StepRow = Schema["steps"]["$inferSelect"];

/** A step that nobody has begun. */
export const newStepRow = (runId: string, step: NewStep, position: number): StepRow => ({
  ...step,
  runId,
  position,
  ...untried,
  result: null,
});

/** Puts other steps in place of those from a position on; gives their rows. */
export function* replaceSteps(
  w: RunWrites,
  runId: string,
  { from, steps }: NonNullable<Change["anew"]>,
): Tx<StepRow[]> {
  yield* exec(w.deleteSteps, { runId, from });
  const rows = steps.map((step, index) => newStepRow(runId, step, from + index));
  for (const row of rows) yield* exec(w.insertStep, row);
  return rows;
}
