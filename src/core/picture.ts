import type { Decided } from "./answerers.ts";
import type { FeedEvent, LogLine } from "./event.ts";
import type { Export } from "./exports.ts";
import type { Form } from "./form.ts";
import type { ItemsSeen } from "./items-seen.ts";
import type { RunVerb } from "./rules.ts";
import type { CancelReceipt, Ended, Outcome, Recovery, Run, RunMode, Wish } from "./run.ts";
import type { RunState, StepState } from "./states.ts";
import type { Progress, StepKind, StoredError, Substep, Waiting } from "./step.ts";
import type { Broken } from "./time-left/broken.ts";
import type { ToldBefore } from "./time-left/changed.ts";
import type { Interval, TimeLeft } from "./time-left/estimate.ts";
import type { Sign } from "./time-left/signs.ts";
import type { Span } from "./timeline.ts";
import type { Behind } from "./turn.ts";

/** A run as pages, streams and the API show it: plain data, the same for everybody who looks. Times are milliseconds since 1970. */
/** What would change for a run, were it to go on with the file of its workflow as it is now. */
export interface NewerCode {
  code: string;
  /** Why it cannot, a sentence; null: it can. */
  unfit: string | null;
  /** Titles of steps that only the new one has, and of those that it has no more. */
  added: readonly string[];
  gone: readonly string[];
}

export interface RunPicture {
  id: string;
  /** 1 for the first run of its workflow. */
  number: number;
  workflowId: string;
  title: string;
  subject: string;
  state: RunState;
  mode: RunMode;
  version: number;
  lastEvent: number;
  createdAt: number;
  createdBy: string;
  /** The person who started it. */
  starter: string;
  /** The people who gave it another input since; null: nobody did. */
  changers: Run["changers"];
  startedBy: Run["cause"];
  startedAt: number | null;
  endedAt: number | null;
  changedAt: number;
  percent: number;
  /** False: how far it is is not known, and `percent` only counts the steps that are done. */
  percentKnown: boolean;
  timeLeft: TimeLeft | null;
  /** The whole of it as it is told now, what it took once it is completed; null where nothing is told. Milliseconds of active time. */
  wholeMs: number | null;
  /** What was told before, when that was another time than now. */
  told: ToldBefore | null;
  /** What it was told at its start, when it is completed and took another time. */
  broken: Broken | null;
  /** True until a run of this workflow has completed: then there is no `timeLeft`. */
  firstRun: boolean;
  /** It is slow, silent or stuck. */
  signs: readonly Sign[];
  /** What pages will tell if nothing happens, earliest first. */
  later: readonly Later[];
  /** When all that is out of date though nothing has happened; null when nothing moves. */
  freshUntil: number | null;
  /** Its next step needs a turn that others have. */
  behind: Behind | null;
  wish: Wish | null;
  /** Which controls make sense now. */
  may: Record<RunVerb | "modify" | "startOver" | "clone" | "delete", boolean>;
  error: Run["error"];
  /** How it had ended before it began to undo; null when it is not undoing and no undo has failed. */
  ended: Ended | null;
  /** When what it made had been removed, save what its steps say that stays: what became of it is another matter than how it ended. */
  undoneAt: number | null;
  /** Why it cannot go on: its workflow is not the one that it began with; null where it is. */
  unfit: string | null;
  /** Since when what happens cannot be written down, and why; it is tried again, and nothing is done twice meanwhile. */
  unrecorded: { since: number; because: string } | null;
  /** The version of its workflow's file that it goes on with; null: one that Milepost brings along. */
  code: string | null;
  /** The file was changed since, and trying again may go on with it as it is now; null where that is not so. */
  newerCode: NewerCode | null;
  /** The run that it is an item of; null: it is none. */
  of: (Pick<Run, "title" | "subject" | "number"> & { runId: string; stepId: string; key: string }) | null;
  cancel: CancelReceipt | null;
  recovery: Recovery | null;
  finalizedAt: number | null;
  /** When the removal of its log began, and the rule by which it is gone; see Run. */
  trimmedAt: number | null;
  trimmedDays: number | null;
  /** How many steps there are as people count them; a question before a step of a supervised run is part of that step. */
  total: number;
  steps: readonly StepPicture[];
  outcome: Outcome | null;
  /** The export that it hands over or drives, if any. */
  export: Export | null;
  log: readonly LogLine[];
  history: readonly FeedEvent[];
  /** How its steps filled its time, in order of their beginnings. */
  timeline: readonly Span[];
}

/** What time alone changes, from a moment on. */
export interface Later {
  at: number;
  percent: number;
  timeLeft: TimeLeft | null;
  /** The `nowMs` of what was told before. */
  toldNowMs: number | null;
  /** What is left of steps, by id. */
  steps: Readonly<Record<string, Interval>>;
}

export interface StepPicture {
  id: string;
  /** 1 for the first. */
  number: number;
  kind: StepKind;
  title: string;
  state: StepState;
  attempt: number;
  startedAt: number | null;
  /** Since when its question is open; null when it asks nothing. */
  askedAt: number | null;
  endedAt: number | null;
  activeMs: number;
  /** The time between failed tries and the next ones. */
  backoffMs: number;
  /** The median of what it took in past runs, active time only; null before there are any. */
  usualMs: number | null;
  /** What it still takes, as far as that is known. */
  timeLeft: Interval | null;
  progress: Progress | null;
  share: number | null;
  substeps: readonly Substep[];
  /** Of an each step, once its list is there; the first page. */
  items: ItemsSeen | null;
  detail: string | null;
  /** Its answer or result as JSON, shortened where it is long; null while there is none. */
  cameOut: string | null;
  form: Form | null;
  error: StoredError | null;
  waiting: Waiting | null;
  skippable: string | null;
  undoable: boolean;
  /** It asks, and whoever looks is one of those who may answer. */
  mayAnswer: boolean;
  /** A person may go back to this step now. */
  mayRewind: boolean;
  maySkip: boolean;
  mayRetry: boolean;
}

/** One line of a list of runs. */
export interface RunSummary {
  id: string;
  number: number;
  workflowId: string;
  title: string;
  subject: string;
  state: RunState;
  percent: number;
  /** As in a picture. */
  percentKnown: boolean;
  /** "Step 3 of 8: Save the file", or what happened last. */
  now: string;
  /** Since when its question is open; null when it asks nothing. */
  askedAt: number | null;
  may: Pick<RunPicture["may"], "cancel" | "clone" | "delete"> & { answer: boolean };
  /** Who may answer its question and has, and who may not because of an earlier change; null when it asks nothing. */
  asks: (Decided & Pick<Run, "changers">) | null;
  /** Of the export whose file it handed over, while that file is there. */
  fileOf: string | null;
  behind: Behind | null;
  /** The person who started it. */
  starter: string;
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
  changedAt: number;
  error: string | null;
  ended: Pick<Ended, "state"> | null;
  undoneAt: number | null;
}
