import type { Run, RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import type { RunRows } from "./held-runs.ts";
import { inMany } from "./in-many.ts";
import type { RunQueries } from "./runs.ts";
import type { Schema } from "./schema.ts";
import { all, both, type Tx } from "./tx.ts";

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

/** The steps of each of these runs in their order. */
export function* readSteps(q: RunQueries, ids: readonly string[]): Tx<(id: string) => StepRow[]> {
  const found = yield* all(inMany(ids).map((params) => ({ query: q.stepsOf, params })));
  const of = Map.groupBy(found.flat(), ({ runId }) => runId);
  return (id) => inOrder(of.get(id) ?? []);
}

/** Those of these runs that there are. */
export function* readRuns(q: RunQueries, ids: readonly string[]): Tx<ReadonlyMap<string, RunRows>> {
  const stepsOf = yield* readSteps(q, ids);
  const found = yield* all(inMany(ids).map((params) => ({ query: q.runsOf, params })));
  return new Map(found.flat().map((row) => [row.id, { row, steps: stepsOf(row.id) }]));
}

/** A run with its steps, or with what `steps` reads of them. */
export function* readRun(q: RunQueries, id: string, steps = q.steps): Tx<RunRows | null> {
  const [[row], found] = yield* both(q.run, steps, { id });
  return row === undefined ? null : { row, steps: inOrder(found) };
}

/** A run has few, so sorting them here spares an index that every new run would pay for. */
const inOrder = (steps: StepRow[]): StepRow[] => steps.sort((a, b) => a.position - b.position);

/** The lock that a run in this state holds. */
export const heldLock = ({ lock, state }: Pick<Run, "lock" | "state">): string | null =>
  isOver(state) ? null : lock;
