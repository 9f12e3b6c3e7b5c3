import type { ExportStatus } from "#core/exports.ts";
import type { RunState, StepState } from "#core/states.ts";
import type { StepKind } from "#core/step.ts";

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

export const exportWords = {
  creating: { word: "Being asked for", tone: "active" },
  created: { word: "Asked for", tone: "waiting" },
  processing: { word: "In preparation", tone: "waiting" },
  done: { word: "Ready to fetch", tone: "waiting" },
  downloading: { word: "Downloading", tone: "active" },
  ready: { word: "Saved", tone: "good" },
  failed: { word: "Failed", tone: "bad" },
  deleted: { word: "File deleted", tone: "quiet" },
} as const satisfies Record<ExportStatus, Word>;

/** Who does a step, in a few words for those who read the plan of a workflow. */
export const kindWords = {
  do: "the server works",
  wait: "waits for something elsewhere",
  ask: "asks you",
} as const satisfies Record<StepKind, string>;
