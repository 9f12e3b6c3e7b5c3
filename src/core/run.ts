import type { Cause } from "./cause.ts";
import type { Fact, Values } from "./form.ts";
import type { Parent } from "./item.ts";
import type { RunState } from "./states.ts";
import type { Step, StoredError } from "./step.ts";
import type { Behind } from "./turn.ts";

/** What a person asked of a run that is being worked on right now. */
export type Wish = "pause" | "cancel";

/** `supervised`: a person is asked before each step that does something. */
export const runModes = ["automatic", "supervised"] as const;
export type RunMode = (typeof runModes)[number];

/** How a cancel went, told to the person as a receipt. */
export interface CancelReceipt {
  askedAt: number;
  by: string;
  stepId: string | null;
  signalledAt: number | null;
  confirmedAt: number | null;
  /** Why we could not confirm that it stopped. */
  unconfirmed: string | null;
  /** What goes on elsewhere all the same, or what was stopped there. */
  note: string | null;
}

/** What happened when a server found the run under way that another server process had left. */
export interface Recovery {
  at: number;
  /** The last sign of life before. */
  lastSignAt: number;
  stepId: string | null;
  /** What was checked. */
  checked: string | null;
  /** `resumed`: nothing was cut off; `again`: done once more; `found`: the effect was there already; `asking`: a person decides. */
  outcome: "resumed" | "again" | "found" | "asking";
  /** Why that is safe. */
  because: string;
  /** The server process before had not ended as it should, and the run was under way just then. */
  badEnd?: true;
}

/** How a run had ended, or that it was paused, before what it made was undone. */
export interface Ended {
  state: "completed" | "failed" | "cancelled" | "paused";
  error: (StoredError & { stepId: string | null }) | null;
}

/** What a completed run hands over. */
export interface Outcome {
  sentence: string;
  exportId?: string;
  links?: readonly { label: string; href: string }[];
  facts?: readonly Fact[];
}

/** How much a run has to do: what its time grows with, as its workflow says. */
export interface Size {
  count: number;
  /** What is counted, as one reads it behind the count: "rows". */
  what: string;
}

/** Another input for a run under way. */
export type NextInput = Pick<Run, "input" | "values" | "secrets" | "subject">;

/** What another run was answered, by step, so that one like it need not ask again. */
export type FormerAnswers = Readonly<
  Record<string, { answer: unknown; detail: string | null; privates?: readonly string[] }>
>;

/** One execution of a workflow as the store keeps it. Times are milliseconds since 1970. */
export interface Run {
  id: string;
  /** 1 for the first run of its workflow. */
  number: number;
  workflowId: string;
  /** The version of the workflow that it goes on with; null: the one that Milepost brings along. */
  code: string | null;
  title: string;
  state: RunState;
  mode: RunMode;
  input: unknown;
  /** What was typed to start it, secrets left out: for starting another like it. */
  values: Values;
  /** The secrets of its input by field, sealed; null once they are forgotten. */
  secrets: Readonly<Record<string, string>> | null;
  /** What was typed into private fields of its questions: blotted out of all that is told of it. */
  privates: readonly string[] | null;
  /** One line that tells this run from others of its workflow. */
  subject: string;
  /** Grows by one with every recorded change. */
  version: number;
  /** Number of its newest event. */
  lastEvent: number;
  /** Grows each time a worker takes the run; a worker with an older one can record nothing. */
  epoch: number;
  claimedBy: string | null;
  claimedUntil: number | null;
  /** When the run wants to go on; null when it waits for a person or is over. */
  wakeAt: number | null;
  wish: Wish | null;
  lock: string | null;
  /** The line that it stands in, for a turn or with it; null as soon as Milepost does not drive it on. */
  turn: string | null;
  /** Its place in that line, which the store gives; whoever came before has a smaller one. */
  turnPlace: number | null;
  /** Its turn has not come. */
  behind: Behind | null;
  createdAt: number;
  createdBy: string;
  /** The person who started it, by themselves or by a program with a token of theirs. */
  starter: string;
  /** The ids of the people who gave it another input since; null: nobody did. */
  changers: readonly string[] | null;
  /** What made it start by itself; null: somebody started it. */
  cause: Cause | null;
  /** What it is an item of; null: of nothing. */
  parent: Parent | null;
  /** The run above all those that it is an item of: they share its part of the workers. Null: it is no item. */
  family: string | null;
  startedAt: number | null;
  endedAt: number | null;
  /** The last change of any kind. */
  changedAt: number;
  error: (StoredError & { stepId: string | null }) | null;
  cancel: CancelReceipt | null;
  recovery: Recovery | null;
  /** Percent never falls below this within one pass through the steps. */
  percentFloor: number;
  /** How much it has to do, as far as that is known. */
  size: Size | null;
  outcome: Outcome | null;
  finalizedAt: number | null;
  /** The state it was paused in, so that resuming goes back to it. */
  pausedFrom: "asking" | "waiting" | "queued" | null;
  /** While it undoes in order to go back: the step down to which, and from which it then goes on. */
  undoTo: string | null;
  /** How it had ended before it began to undo; undoing does not make a failure anything else. */
  ended: Ended | null;
  /** When what it made had been removed, save what its steps say that stays; null while that is not so. */
  undoneAt: number | null;
  /** The input that holds once that is undone: until then steps have to see the one that they were run with. */
  nextInput: NextInput | null;
  /** The answers of the run that it repeats; null when it repeats none, or has gone back since. */
  former: FormerAnswers | null;
  /** When the removal of its log and of the moments of its progress began; null while they are there. */
  trimmedAt: number | null;
  /** The rule by which they are gone: so many days after its end; null while it is not done, or the run itself was to go. */
  trimmedDays: number | null;
}

export interface RunWithSteps {
  run: Run;
  /** In the order of the workflow. */
  steps: readonly Step[];
}
