import type { ErrorCode } from "./errors.ts";
import type { Form } from "./form.ts";
import type { StepState } from "./states.ts";

/** How a do step works, how a wait step looks, how an ask step asks. */
export type StepKind = "do" | "wait" | "ask";

/** How far a step says it is. `total` null: not known, the bar is indeterminate. */
export interface Progress {
  done: number;
  total: number | null;
  what: string;
  unit: "bytes" | "rows" | "items";
  /** Units per second over the last seconds, when it is known. */
  perSecond: number | null;
}

export interface Substep {
  name: string;
  state: "pending" | "running" | "completed" | "failed";
}

/** An error as it is kept and shown. */
export interface StoredError {
  code: ErrorCode;
  message: string;
  detail: string | null;
  field: string | null;
}

/** One step of a run as the store keeps it. Times are milliseconds since 1970. */
export interface Step {
  runId: string;
  id: string;
  position: number;
  kind: StepKind;
  title: string;
  state: StepState;
  /** 0 before the first try. */
  attempt: number;
  startedAt: number | null;
  endedAt: number | null;
  /** Time in which the server or the other side worked, without pauses and without waiting for a person. */
  activeMs: number;
  /** When the try that is under way, or the last one, began. */
  attemptAt: number | null;
  /** The longest time without a sign of life while it was running. Milliseconds. */
  quietMs: number;
  progress: Progress | null;
  /** The step's own share, 0..1, never falling within an attempt; null when it cannot tell. */
  share: number | null;
  substeps: readonly Substep[];
  /** The answer or result, JSON. */
  result: unknown;
  /** One line for a person: what was answered, what came out, why it was skipped. */
  detail: string | null;
  form: Form | null;
  error: StoredError | null;
  /** Why it waits and until when: the next look, the next try, or the end of the time for an answer. */
  waiting: Waiting | null;
  weightMs: number;
  /** What skipping would mean, when it is allowed. */
  skippable: string | null;
  undoable: boolean;
}

export interface Waiting {
  for: "look" | "retry" | "answer";
  /** The other side's own word, the reason of the retry, or what holds when nobody answers. */
  word: string;
  since: number;
  /** When we look or try next, or until when an answer is awaited. */
  nextAt: number;
  /** How often we looked. */
  looks: number;
}

/** What a step is before its first try, and again when the run has gone back past it. Its result is another matter. */
export const untried = {
  state: "pending",
  attempt: 0,
  startedAt: null,
  endedAt: null,
  activeMs: 0,
  attemptAt: null,
  quietMs: 0,
  progress: null,
  share: null,
  substeps: [],
  detail: null,
  form: null,
  error: null,
  waiting: null,
} as const satisfies Partial<Step>;
