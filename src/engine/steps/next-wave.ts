import type { ItemWithRun } from "#core/item-table.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import { type ItemsSeen, looked } from "#engine/moves/each.ts";
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
export const pausedBefore = (wave: number, { now, step, next, seen, at }: Before): Move => {
  const { waiting } = step;
  if (waiting === null) return {};
  const names = next.slice(0, namedAtMost).map(({ item }) => item.title);
  const sentence = `Resume begins wave ${wave + 1}: ${names.join(", ")}${next.length > names.length ? `, and ${next.length - names.length} more` : ""}.`;
  const { patch } = looked(step, waiting, seen, at, at);
  const { run } = paused(now, at, { sentence, stopped: false });
  return {
    run: run ?? {},
    // Resumed, it is looked at once.
    steps: [
      {
        id: step.id,
        patch: {
          ...patch,
          waiting: { ...patch.waiting, letBegin: wave, paused: { sentence, stopped: false } },
        },
      },
    ],
    because: sentence,
  };
};

interface Before {
  now: RunWithSteps;
  step: Step;
  /** The first that it begins with. */
  next: readonly ItemWithRun[];
  seen: ItemsSeen;
  at: number;
}
