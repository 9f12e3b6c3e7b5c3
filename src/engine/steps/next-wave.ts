import type { ItemWithRun } from "#core/item-table.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import type { Move } from "#engine/moves/move.ts";
import { paused } from "#engine/moves/stop.ts";

/** The wave that a person has to let begin, 0 for the first: in a supervised run each but the first, which its own question is about. Null: none. */
export const waveToAsk = (
  { run: { mode } }: RunWithSteps,
  { waiting }: Step,
  next: readonly ItemWithRun[],
): number | null => {
  const wave = next[0]?.item.wave ?? 0;
  return mode === "supervised" && wave > (waiting?.letBegin ?? 0) ? wave : null;
};

const namedAtMost = 5;

/** The run pauses before a wave; resumed, it begins it. */
export const pausedBefore = (wave: number, { now, step, next, left, at }: Before): Move => {
  const names = next.slice(0, namedAtMost).map(({ item }) => item.title);
  const more = left - names.length;
  const sentence = `Wave ${wave + 1} begins when the run is resumed, with ${names.join(", ")}${more > 0 ? `; ${left} are not begun` : ""}.`;
  const move = paused(now, at, { sentence, stopped: false });
  const [patch] = move.steps ?? [];
  if (patch?.patch.waiting == null || patch.id !== step.id) return move;
  // Resumed, it is looked at once.
  const waiting = { ...patch.patch.waiting, since: at, nextAt: at, letBegin: wave };
  return { ...move, steps: [{ ...patch, patch: { ...patch.patch, waiting } }], because: sentence };
};

interface Before {
  now: RunWithSteps;
  step: Step;
  /** The first that it begins with. */
  next: readonly ItemWithRun[];
  /** How many are not begun. */
  left: number;
  at: number;
}
