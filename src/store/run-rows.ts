import type { Run, RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import type { RunRows } from "./held-runs.ts";
import type { RunQueries } from "./runs.ts";
import type { Schema } from "./schema.ts";
import { both, rows, type Tx } from "./tx.ts";

type RunRow = Schema["runs"]["$inferSelect"];
type StepRow = Schema["steps"]["$inferSelect"];

/** A row as everybody but the store knows it. */
export const toRun = ({
  seq: _seq,
  lastLog: _lastLog,
  lockHeld: _lockHeld,
  input,
  values,
  ...row
}: RunRow): Run => ({ ...row, input, values: values ?? {} });

export const toRunWithSteps = (row: RunRow, steps: readonly StepRow[]): RunWithSteps => ({
  run: toRun(row),
  steps: steps satisfies readonly Step[],
});

/** The steps of a run in their order. A run has few, so sorting them here spares an index that every new run would pay for. */
export function* readSteps(q: RunQueries, id: string): Tx<StepRow[]> {
  return inOrder(yield* rows(q.steps, { id }));
}

/** A run with its steps, or with what `steps` reads of them. */
export function* readRun(q: RunQueries, id: string, steps = q.steps): Tx<RunRows | null> {
  const [[row], found] = yield* both(q.run, steps, { id });
  return row === undefined ? null : { row, steps: inOrder(found) };
}

const inOrder = (steps: StepRow[]): StepRow[] => steps.sort((a, b) => a.position - b.position);

/** The lock that a run in this state holds. */
export const heldLock = ({ lock, state }: Pick<Run, "lock" | "state">): string | null =>
  isOver(state) ? null : lock;
