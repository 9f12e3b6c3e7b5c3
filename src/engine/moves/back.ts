import type { AppError } from "#core/errors.ts";
import { isMade } from "#core/rules.ts";
import type { RunWithSteps } from "#core/run.ts";
import { type Step, staysOf, undoneWords, untried, type Waiting } from "#core/step.ts";
import { letGo, lettingGo, type Move, stored } from "./move.ts";
import { cutShort } from "./stop.ts";

/** Nothing of how it ended before is left. */
export const afresh = {
  error: null,
  cancel: null,
  endedAt: null,
  pausedFrom: null,
  ended: null,
  undoneAt: null,
} as const;

/** Removes everything that the run made, the last first. How it had ended stays known. */
export const undoing = (now: RunWithSteps, by: string, at: number): Move => {
  const { state, error, ended } = now.run;
  return {
    steps: notGoingOn(now, at),
    run: {
      state: "undoing",
      wakeAt: at,
      endedAt: null,
      pausedFrom: null,
      undoTo: null,
      nextInput: null,
      error: null,
      // After an undo that failed, what is to be told is how the run had ended before that.
      ended:
        ended ??
        (state === "completed" || state === "paused" ? { state, error: null } : endedAs(state, error)),
    },
    because: `${by} asked for it`,
  };
};

/** What was under way in a paused run, or while it waited, ends where its run goes backwards. */
const notGoingOn = ({ steps }: RunWithSteps, at: number): NonNullable<Move["steps"]> =>
  steps
    .filter(({ state }) => state === "running" || state === "waiting" || state === "asking")
    .map((step) => ({ id: step.id, patch: cutShort(step, "It was stopped before it was done.", at) }));

const endedAs = (state: RunWithSteps["run"]["state"], error: RunWithSteps["run"]["error"]) =>
  state === "cancelled" ? ({ state, error: null } as const) : ({ state: "failed", error } as const);

/** One step is being undone. */
export const undoBegun = (step: Step): Move => ({ steps: [{ id: step.id, patch: { detail: "Undoing…" } }] });

/** Its undo has to wait for somebody else: the run is let go until then. */
export const undoWaits = (now: RunWithSteps, stepId: string, waiting: Waiting, at: number): Move =>
  lettingGo(now, at, {
    run: { wakeAt: waiting.nextAt },
    steps: [{ id: stepId, patch: { detail: `Undoing: ${waiting.word}`, waiting } }],
  });

/** `stays`: what of it is still there, as a sentence. */
export const stepUndone = (stepId: string, stays = undoneWords): Move => ({
  steps: [{ id: stepId, patch: { state: "undone", detail: stays, error: null, waiting: null } }],
});

/** An undo failed: the run waits for a person, who may ask for undo once more. */
export const undoFailed = (now: RunWithSteps, step: Step, error: AppError, at: number): Move => ({
  run: {
    ...letGo,
    state: "failed",
    wakeAt: null,
    wish: null,
    endedAt: at,
    error: {
      ...stored(error),
      // Why it is undone at all stays the headline.
      message: [
        now.run.ended?.error?.message,
        `Undoing “${step.title}” failed: ${error.message}`,
        stillThere(now),
      ]
        .filter((sentence) => sentence !== undefined)
        .join(" "),
      stepId: step.id,
    },
  },
  steps: [{ id: step.id, patch: { error: stored(error), detail: "Could not be undone.", waiting: null } }],
  because: error.message,
});

/** What of this run was not removed, in the order in which it was made. */
const stillThere = ({ steps }: RunWithSteps): string =>
  `Not undone: ${steps
    .filter(isMade)
    .map((step) => `“${step.title}”`)
    .join(", ")}. Undo again to go on with the rest.`;

/** Everything is removed: a run that had failed or was cancelled still is that, any other is undone. */
export const undone = (now: RunWithSteps, at: number): Move => {
  const { ended } = now.run;
  const state = ended?.state === "failed" || ended?.state === "cancelled" ? ended.state : "undone";
  const stays = staysOf(now.steps);
  return {
    run: {
      ...letGo,
      state,
      error: ended?.error ?? null,
      ended: null,
      endedAt: at,
      undoneAt: at,
      wakeAt: null,
      wish: null,
    },
    because:
      stays === null
        ? "everything that it made was removed"
        : `some of what it made is still there: ${stays}`,
  };
};

/** Undoes from the end down to `target` where something was made, and then goes on from there; at once where nothing was. */
export const goneBack = (now: RunWithSteps, target: Step, because: string, by: string, at: number): Move =>
  now.steps.some((step) => step.position >= target.position && isMade(step))
    ? {
        run: { ...afresh, state: "undoing", undoTo: target.id, wakeAt: at },
        steps: notGoingOn(now, at),
        because: `${because}, down to “${target.title}”`,
      }
    : rewound(now, target, by, at);

/** The run goes on from `target`, as if what came after had never been. */
export const rewound = (now: RunWithSteps, target: Step, by: string, at: number): Move => {
  const anew = toDoAnew(now);
  const later = now.steps.filter((step) => step.position > target.position || anew.includes(step));
  const cleared = later.filter((step) => step.state !== "pending").map((step) => step.id);
  return {
    run: { ...afresh, state: "queued", wakeAt: at, outcome: null, percentFloor: 0, former: null },
    steps: [
      ...later.map((step) => ({ id: step.id, patch: { ...untried, result: null } })),
      { id: target.id, patch: untried },
    ],
    facts: [{ type: "run.rewound", stepId: target.id, by, cleared }],
  };
};

/** What was undone is done again, and so is what came after it, for it rested on that; answers hold. */
export const toDoAnew = ({ steps }: RunWithSteps): readonly Step[] => {
  const first = steps.find((step) => step.state === "undone");
  return first === undefined
    ? []
    : steps.filter(
        ({ position, kind, state }) =>
          position >= first.position && kind !== "ask" && state !== "pending" && state !== "failed",
      );
};

/** The run goes on at `step`, which failed or was cancelled; what was undone meanwhile is done again. */
export const retried = (now: RunWithSteps, step: Step | undefined, by: string, at: number): Move => {
  const because = `${by} asked to try again`;
  // It failed while it was going back: it goes on doing that.
  if (now.run.undoTo !== null)
    return { run: { state: "undoing", wakeAt: at, error: null, endedAt: null }, because };
  const again = toDoAnew(now);
  // What could not be undone is there after all, and so is kept.
  const kept = now.steps.filter((one) => one.state === "completed" && one.error !== null);
  return {
    run: { ...afresh, state: "queued", wakeAt: at, ...(again.length === 0 ? {} : { percentFloor: 0 }) },
    steps: [
      ...again.map(({ id }) => ({ id, patch: { ...untried, result: null } })),
      ...kept.map(({ id }) => ({ id, patch: { error: null, detail: null } })),
      ...(step === undefined
        ? []
        : [{ id: step.id, patch: { state: "pending", error: null, endedAt: null } as const }]),
    ],
    because,
  };
};
