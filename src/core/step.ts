import type { ErrorCode } from "./errors.ts";
import type { Form } from "./form.ts";
import type { StepState } from "./states.ts";
import type { Interval } from "./time-left/estimate.ts";
import type { KeptWayOn } from "./way-on.ts";

/** A do step works, a wait step looks, an ask step asks, an each step has a run for each of its items. */
export const stepKinds = ["do", "wait", "ask", "each"] as const;
export type StepKind = (typeof stepKinds)[number];

/** How far a step says it is. `total` null: not known, the bar is indeterminate. */
export interface Progress {
  done: number;
  total: number | null;
  /** How many are known of so far, where the end is not: it may still grow, so it makes no share. */
  known?: number;
  /** How many there will probably be, where the end is not known: at least `known`. */
  likely?: number;
  /** More than that it will not be, where the end is not known. */
  most?: number;
  /** What it had counted when it first had counted anything, and how long it had been under way by then: its pace is from there on. */
  began?: { done: number; afterMs: number };
  /** How long what it counts still takes where each has a time of its own, as of when it counted; null while that cannot be known. */
  left?: Interval | null;
  what: string;
  unit: "bytes" | "rows" | "items";
  /** Units per second over the last seconds, when it is known. */
  perSecond: number | null;
}

/** What a look counted; in the last one, what it came to. */
export interface LookedProgress extends Omit<Progress, "unit" | "perSecond"> {
  unit?: Progress["unit"];
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
  /** What leads on where trying again does not; its words end the message. */
  wayOn?: KeptWayOn;
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
  /** The time between tries that failed and the next ones, which is not in `activeMs`. */
  backoffMs: number;
  /** The last sign of life: a changed word or counter, a log line, a new state. An answered look alone is none. */
  signAt: number | null;
  /** The longest time without a sign of life while it was under way. Milliseconds. */
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

/** A step as a new run has it. */
export type NewStep = Pick<Step, "id" | "kind" | "title" | "weightMs" | "skippable" | "undoable">;

export interface Waiting {
  for: "look" | "retry" | "answer";
  /** The other side's own word, the reason of the retry, or what holds when nobody answers. */
  word: string;
  /** When this pause began: at the last look, the failed try, or when the question was asked. */
  since: number;
  /** When we look or try next, or until when an answer is awaited. */
  nextAt: number;
  /** How often we looked. */
  looks: number;
  /** An answer was understood, so that an odd one need not be the end. */
  understood?: boolean;
  /** How many odd answers came in a row, and since when. */
  odd?: { looks: number; since: number };
  /** The word is why the last look, which is made again, did not succeed. */
  failing?: true;
  /** What the other side has begun to write, as of the last look. */
  unended?: string;
  /** What the last look that was answered gave to remember. */
  memo?: unknown;
  /** What beginning gave to keep, from when that was written down. */
  kept?: unknown;
  /** How long this try had been looked on when the pause began; left out for not at all. Milliseconds. */
  waitedMs?: number;
  /** Tries of an undo in a row that failed in a way that can pass, and how long was rested between them. */
  errors?: number;
  restedMs?: number;
  /** Of an each step in a supervised run: the last wave that a person let begin; the first one where it is left out. */
  letBegin?: number;
  /** Of a paused wait: what is known of the other side meanwhile. */
  paused?: Paused;
}

/** What a pause did to what goes on elsewhere, as a sentence; `stopped`: it was told to pause and has to be told to go on. */
export interface Paused {
  sentence: string;
  stopped: boolean;
}

/**
 * How much of a pause had passed at `at`: never more than its own length, whatever the clock did meanwhile (it was set, the machine
 * slept, the server was off), so that only time in which Milepost looked on is counted. Milliseconds.
 */
export const pausedMs = ({ since, nextAt }: Waiting, at: number): number =>
  Math.min(Math.max(0, at - since), Math.max(0, nextAt - since));

/** How long a try has been looked on, pauses as long as they were meant to be. Milliseconds. */
export const waitedMs = (waiting: Waiting, at: number): number =>
  (waiting.waitedMs ?? 0) + pausedMs(waiting, at);

/** What an undone step says of which nothing is left. */
export const undoneWords = "Undone.";

/** What of undone steps is still there, as their undos said, in sentences; null where nothing is. */
export const staysOf = (steps: readonly Pick<Step, "state" | "detail">[]): string | null => {
  const left = steps.flatMap(({ state, detail }) =>
    state === "undone" && detail !== null && detail !== undoneWords ? [detail] : [],
  );
  return left.length === 0 ? null : left.join(" ");
};

/** Whether no look of this try has come through: then nothing is known to be at work elsewhere. */
export const isUnreached = ({ failing, understood }: Waiting): boolean =>
  failing === true && understood !== true;

/** Whether nobody knows how long it still takes: its other side cannot be looked at, or that of one of its items. */
export const isUnforeseen = ({ waiting, progress }: Pick<Step, "waiting" | "progress">): boolean =>
  waiting !== null && (waiting.failing === true || progress?.left === null);

/** Whether a pause is over. A clock that stands before its beginning was set back: then its end cannot be trusted. */
export const isPauseOver = ({ since, nextAt }: Waiting, at: number): boolean => at >= nextAt || at < since;

/** What a step is before its first try, and again when the run has gone back past it. Its result is another matter. */
export const untried = {
  state: "pending",
  attempt: 0,
  startedAt: null,
  endedAt: null,
  activeMs: 0,
  attemptAt: null,
  backoffMs: 0,
  signAt: null,
  quietMs: 0,
  progress: null,
  share: null,
  substeps: [],
  detail: null,
  form: null,
  error: null,
  waiting: null,
} as const satisfies Partial<Step>;
