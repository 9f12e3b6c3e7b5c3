import { type Expected, percentOf } from "#core/progress.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Move } from "#engine/moves/move.ts";

/** The same move with the run's percent brought up to what its steps will be. */
export const withPercent = (now: RunWithSteps, move: Move, expected: Expected): Move => {
  if (move.run === undefined && move.steps === undefined) return move;
  const { steps } = after(now, move);
  const floor = move.run?.percentFloor ?? now.run.percentFloor;
  return { ...move, run: { ...move.run, percentFloor: percentOf(steps, expected, floor) } };
};

/** The run as it is after a move. */
export const after = (now: RunWithSteps, move: Move): RunWithSteps => {
  const patches = new Map<string, object>();
  for (const { id, patch } of move.steps ?? []) patches.set(id, { ...patches.get(id), ...patch });
  return {
    run: { ...now.run, ...move.run },
    steps: now.steps.map((step) => ({ ...step, ...patches.get(step.id) })),
  };
};
