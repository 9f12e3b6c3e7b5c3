import type { ExportStatus } from "#core/exports.ts";
import type { ItemState } from "#core/item.ts";
import type { Ended, Run } from "#core/run.ts";
import type { RunState, StepState } from "#core/states.ts";
import type { Step, StepKind } from "#core/step.ts";

/** What a state means for the person who looks; decides the colour. */
export type Tone = "quiet" | "active" | "waiting" | "attention" | "paused" | "good" | "bad";

interface Word {
  word: string;
  tone: Tone;
}

export const runWords = {
  queued: { word: "Queued", tone: "quiet" },
  running: { word: "Running", tone: "active" },
  waiting: { word: "Waiting", tone: "waiting" },
  asking: { word: "Needs you", tone: "attention" },
  paused: { word: "Paused", tone: "paused" },
  completed: { word: "Completed", tone: "good" },
  failed: { word: "Failed", tone: "bad" },
  cancelled: { word: "Cancelled", tone: "quiet" },
  undoing: { word: "Undoing", tone: "active" },
  undone: { word: "Undone", tone: "quiet" },
} as const satisfies Record<RunState, Word>;

/** What tells how a run stands: how it ended, what became of what it made, and, of whoever looks, what they may do. */
export type Standing = Pick<Run, "state" | "undoneAt"> & {
  ended: Pick<Ended, "state"> | null;
  may?: { cancel: boolean; answer?: boolean };
  asks?: object | null;
  unfit?: string | null;
  steps?: readonly { mayAnswer: boolean }[];
};

/** It waits for the answer of somebody else than who looks. */
export const asksOthers = ({ state, may, asks = null, unfit = null, steps }: Standing): boolean =>
  state === "asking" &&
  (may?.cancel === false ||
    (asks !== null && may?.answer === false) ||
    (unfit === null && steps?.some(({ mayAnswer }) => mayAnswer) === false));

/** What it made was to be removed, and some of it could not be. */
export const isUndoFailed = ({ state, ended }: Pick<Standing, "state" | "ended">): boolean =>
  state === "failed" && ended !== null;

const othersWord = "Needs an answer";

/** A run's standing in words. Removing what a run made, or failing to, does not make of how it ended anything else. */
export const runWord = (run: Standing): Word => {
  const { state, undoneAt, ended } = run;
  const { word, tone } = runWords[state];
  if (asksOthers(run)) return { word: othersWord, tone };
  if (state === "undoing" && (ended?.state === "failed" || ended?.state === "cancelled")) {
    const before = runWords[ended.state];
    return { word: `${before.word} · rolling back`, tone: before.tone };
  }
  if (ended !== null && isUndoFailed(run))
    return { word: `${runWords[ended.state].word} · undo failed`, tone };
  const rolledBack = undoneAt !== null && (state === "failed" || state === "cancelled");
  return rolledBack ? { word: `${word} · rolled back`, tone } : { word, tone };
};

export const stepWords = {
  pending: { word: "Pending", tone: "quiet" },
  running: { word: "Running", tone: "active" },
  waiting: { word: "Waiting", tone: "waiting" },
  asking: { word: "Needs your answer", tone: "attention" },
  completed: { word: "Completed", tone: "good" },
  failed: { word: "Failed", tone: "bad" },
  skipped: { word: "Skipped", tone: "quiet" },
  undone: { word: "Undone", tone: "quiet" },
} as const satisfies Record<StepState, Word>;

/** The state of a step as people see it: one that a person cancelled did not fail. */
export const shownState = ({ state, error }: Pick<Step, "state" | "error">): StepState | "cancelled" =>
  state === "failed" && error?.code === "cancelled" ? "cancelled" : state;

export const stepWord = (step: Pick<Step, "state" | "error"> & { mayAnswer?: boolean }): Word => {
  const shown = shownState(step);
  if (shown === "asking" && step.mayAnswer === false) return { ...stepWords.asking, word: othersWord };
  return shown === "cancelled" ? runWords.cancelled : stepWords[shown];
};

export const exportWords = {
  creating: { word: "Being asked for", tone: "active" },
  created: { word: "Asked for", tone: "waiting" },
  processing: { word: "In preparation", tone: "waiting" },
  done: { word: "Ready to fetch", tone: "waiting" },
  downloading: { word: "Downloading", tone: "active" },
  doubted: { word: "Not as counted", tone: "attention" },
  ready: { word: "Saved", tone: "good" },
  failed: { word: "Failed", tone: "bad" },
  deleted: { word: "File deleted", tone: "quiet" },
} as const satisfies Record<ExportStatus, Word>;

export const itemWords = {
  failed: { word: "failed", tone: "bad" },
  cancelled: { word: "cancelled", tone: "quiet" },
  asking: { word: "asking", tone: "attention" },
  paused: { word: "paused", tone: "quiet" },
  running: { word: "at work", tone: "active" },
  pending: { word: "not begun", tone: "quiet" },
  completed: { word: "done", tone: "good" },
  skipped: { word: "left out", tone: "quiet" },
  undone: { word: "undone", tone: "quiet" },
} as const satisfies Record<ItemState, Word>;

/** Who does a step, in a few words for those who read the plan of a workflow. */
export const kindWords = {
  do: "the server works",
  wait: "another system works, Milepost looks",
  ask: "asks you",
  each: "a run of its own for each",
} as const satisfies Record<StepKind, string>;
