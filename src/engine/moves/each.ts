import type { ItemChange } from "#core/change.ts";
import type { RunWithSteps } from "#core/run.ts";
import { type Progress, pausedMs, type Step, type Waiting } from "#core/step.ts";
import { begun, both } from "./forward.ts";
import { letGo, lettingGo, type Move } from "./move.ts";

/** A list is frozen, or what failed of it is to be begun again, and the step waits for its items from now on. */
export const eachBegun = (now: RunWithSteps, step: Step, items: ItemChange, at: number): Move =>
  both(begun(now, step, at, "waiting"), { items });

/** How far the items were when they were looked at. */
export interface ItemsSeen {
  word: string;
  progress: Progress;
  /** 0..1. */
  share: number;
  /** When one of those at work last gave a sign of life; 0 where none did. */
  signAt: number;
}

/** What is kept of a look at the items. */
export const looked = (
  step: Step,
  waiting: Waiting,
  { word, progress, share, signAt }: ItemsSeen,
  at: number,
  nextAt: number,
) => {
  const { paused: _, ...before } = waiting;
  return {
    id: step.id,
    patch: {
      waiting: { ...before, word, since: at, nextAt },
      activeMs: step.activeMs + pausedMs(waiting, at),
      progress,
      share: Math.max(step.share ?? 0, share),
      ...(signAt > (step.signAt ?? 0) ? { signAt } : {}),
    },
  };
};

/** Some are begun; the worker comes round for more. */
export const itemsBegun = (
  step: Step,
  waiting: Waiting,
  seen: ItemsSeen,
  items: ItemChange,
  { at, nextAt }: { at: number; nextAt: number },
): Move => ({ steps: [looked(step, waiting, seen, at, nextAt)], items });

/** Nothing more can be begun: the run is let go until one of its items tells that it has changed, or until `nextAt`. */
export const itemsAwaited = (
  now: RunWithSteps,
  step: Step,
  waiting: Waiting,
  seen: ItemsSeen,
  { at, nextAt }: { at: number; nextAt: number },
): Move =>
  lettingGo(now, at, {
    run: { state: "waiting", wakeAt: nextAt },
    steps: [looked(step, waiting, seen, at, nextAt)],
  });

/** What a person asked for is under way at the items: the wish stays, and the worker lets go until one of them has changed. */
export const wishAwaited = (nextAt: number): Move => ({ run: { ...letGo, wakeAt: nextAt } });
