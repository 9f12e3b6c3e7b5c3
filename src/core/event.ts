import type { ErrorCode } from "./errors.ts";
import type { ItemState } from "./item.ts";
import type { RunState, StepState } from "./states.ts";
import type { Progress, Substep } from "./step.ts";

/** One fact about a run. The data says what happened, never what to draw. */
export type EventBody =
  | { type: "run.created"; by: string }
  | { type: "run.state"; from: RunState; to: RunState; because?: string }
  | { type: "run.recovered"; lastSignAt: number }
  | { type: "run.asked"; wish: "pause" | "cancel"; by: string }
  | { type: "run.rewound"; by: string; cleared: readonly string[] }
  | { type: "run.modified"; by: string; changed: readonly string[] }
  /** It goes on with another version of its workflow's file; `steps` are those that it has now. */
  | { type: "run.code"; by: string; code: string; steps: readonly string[] }
  | { type: "run.finalized"; by: string }
  | { type: "run.unlocked"; by: string }
  | { type: "cancel.signalled" }
  | { type: "cancel.confirmed"; tookMs: number; note?: string }
  | { type: "cancel.unconfirmed"; because: string }
  | StepMoved
  /** `settled`: the error that was told of it no longer holds. */
  | { type: "step.detail"; detail: string | null; settled?: true }
  | { type: "step.failed"; code: ErrorCode; message: string; attempt: number }
  | { type: "step.retry"; code: ErrorCode; message: string; attempt: number; nextAt: number }
  | { type: "step.interrupted"; outcome: "again" | "found" | "asking"; because: string; checked?: string }
  | { type: "step.progress"; progress: Progress; share: number | null }
  /** The whole list where it begins or is another; afterwards only those that changed or came. */
  | { type: "step.substeps"; substeps: readonly Substep[] }
  | { type: "step.substeps"; changed: readonly Substep[] }
  | { type: "step.look"; word: string; looks: number; nextAt: number }
  /** What a person decided of one of its items. */
  | { type: "step.item"; key: string; title: string; to: ItemState; by: string }
  | { type: "log"; from: number; to: number };

/** `detail` is what the step says now, `answer` until when one is awaited and what holds without. */
interface StepMoved {
  type: "step.state";
  from: StepState;
  to: StepState;
  attempt: number;
  detail?: string;
  by?: string;
  answer?: { by: number; word: string };
}

export type EventType = EventBody["type"];

export type NewEvent = EventBody & { stepId?: string };

/** An event as it is kept: numbered per run from 1 without gaps, in commit order. */
export type Event = NewEvent & { runId: string; n: number; at: number };

export type LogLevel = "info" | "warn" | "error";

export interface NewLogLine {
  stepId: string;
  attempt: number;
  level: LogLevel;
  text: string;
  /** Where `text` had to be cut: the name of the whole line in LongLines. */
  whole?: string;
}

/** A line of a run's log, numbered per run from 1. */
export interface LogLine extends NewLogLine {
  n: number;
  at: number;
}

/** What a step's program shows and may still write over: a line without an end, a bar that moves. Nothing of it is written down. */
export interface OpenLine {
  level: LogLevel;
  text: string;
}

export interface StepOpenLines {
  stepId: string;
  lines: readonly OpenLine[];
}

/** An event as live views get it: log events carry their lines. */
export type FeedEvent = Event & { lines?: readonly LogLine[] };
