import type { ItemChange } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import { type Changed, type CreateStatements, createRun } from "./create-run.ts";
import { changeItems, type ItemStatements } from "./items.ts";
import type { Schema } from "./schema.ts";
import type { Tx } from "./tx.ts";

type Parent = Pick<Schema["runs"]["$inferSelect"], "id" | "createdBy">;
type Statements = CreateStatements & { i: ItemStatements };

/** What of a step's items changes, and the runs that are begun with that. */
export function* beginItems(statements: Statements, parent: Parent, change: ItemChange): Tx<Changed[]> {
  const begun: Changed[] = [];
  const { id: runId, createdBy: by } = parent;
  for (const { position, round } of yield* changeItems(statements.i, runId, change)) {
    const child = change.begun?.find((one) => one.position === position);
    if (child === undefined) continue;
    const run = {
      ...child.run,
      parent: { key: "", ...child.run.parent, runId, stepId: change.stepId, round, position },
    };
    try {
      begun.push(yield* createRun(statements, run, child.steps, [{ type: "run.created", by }]));
    } catch (error) {
      // Nothing was written of it when its lock was found held.
      if (!(error instanceof AppError && error.code === "locked")) throw error;
      const moved = [{ position, to: "failed", error: error.message } as const];
      yield* changeItems(statements.i, runId, { stepId: change.stepId, moved });
    }
  }
  return begun;
}
