import type { Access, AccessKind } from "./access.ts";
import type { Accounts } from "./accounts.ts";
import type { Change, Given, Recorded } from "./change.ts";
import type { ChatTable } from "./chat.ts";
import type { CleaningTable } from "./cleaning.ts";
import type { Connection } from "./connection.ts";
import type { FeedEvent, LogLine, NewEvent } from "./event.ts";
import type { ExportRegistry } from "./exports.ts";
import type { ItemTable } from "./item-table.ts";
import type { KeptTable } from "./kept.ts";
import type { NewRun } from "./new-run.ts";
import type { NotifyTable } from "./notify.ts";
import type { Removal } from "./removal.ts";
import type { Run, RunWithSteps } from "./run.ts";
import type { ScriptTable } from "./saved-script.ts";
import type { ShareTable } from "./shares.ts";
import type { RunState } from "./states.ts";
import type { NewStep, Progress } from "./step.ts";
import type { PastEstimate } from "./time-left/estimate.ts";
import type { NewFiring, TriggerTable } from "./trigger.ts";

/** Runs of items are in no list but that of their own workflow; see core/item.ts. */
export interface RunFilter {
  /** Words that title, subject or id have in them, all of them, whatever their case. */
  search?: string;
  states?: readonly RunState[];
  workflowId?: string;
  /** The workflows whose runs are not there for whoever asks. */
  hidden?: readonly string[];
  /** Accepted at this time or later, and before that one. */
  since?: number;
  until?: number;
  /** What the page before gave as `next`. */
  after?: string;
  limit: number;
}

/** That a run changed, and when it did so last. */
export type ChangedRun = Pick<Run, "id" | "workflowId" | "changedAt" | "lastEvent">;

/** Under whose id runs are, and by the name of what: the person themselves, or a token or schedule of theirs. */
export interface Starter {
  starter: string;
  by?: string;
}

/** A connection with its secret values still sealed. */
export interface StoredConnection extends Connection {
  sealed: string;
}

export interface StoreSpace {
  bytes: number;
  unusedBytes: number;
  givesBack: boolean;
}

/** A run in the hands of a worker; `left`: another one held it, and is taken to be dead. */
export interface Claimed extends RunWithSteps {
  left?: true;
  /** What was written with the claim. */
  first?: Recorded;
}

export interface Claiming {
  /** Of the items of one run, and of their items, no more than this are handed out at a time. */
  mostOfFamily?: number;
  /** This run or none. */
  runId?: string;
  /** What the worker does first with a run that nobody left, written with the claim; null: nothing. Pure, quick, and it never throws. */
  first?(claimed: RunWithSteps, at: number): Change | null;
}

/** How long one step took in one past completed run, active time only. */
export interface PastStep {
  runId: string;
  stepId: string;
  activeMs: number;
  /** The longest it went without a sign of life. */
  quietMs: number;
  /** It had nothing to do, or a person said so; `activeMs` is what it took to find that out. */
  skipped: boolean;
  /** What it had counted when it was done; 0 where it does not count. */
  units: number;
  /** It knew that it would be so many while it was under way. */
  foreknown: boolean;
  /** When it first had counted anything; left out where that is not known. */
  began?: Progress["began"];
  /** How much its run had to do; 0 where that was not known. */
  size: number;
}

/** However often the same person asks under the same key, it is one run; `asked` tells whether the same was asked for. */
export interface Once {
  key: string;
  asked: string;
}

/**
 * The truth. Everything is written before it is told, in one commit with the events that tell it.
 * All implementations pass the same contract suite. Times are milliseconds since 1970.
 */
export interface Store {
  /**
   * Writes a new run as `queued` with all its steps `pending`, and its first events.
   * Throws AppError("locked", …, { runId }) when its lock is held by a run that is not over; AlreadyStarted when whoever creates it
   * was given a run under this key before, or when one came of this firing already; TriggerMoved.
   */
  createRun(
    run: NewRun,
    steps: readonly NewStep[],
    events: readonly NewEvent[],
    once?: Once | null,
    firing?: NewFiring | null,
  ): Promise<Recorded>;
  /** The run that this person was given under a key; null when there is none. */
  startedBy(by: string, key: string): Promise<Given | null>;
  /**
   * Reads the run, lets `decide` say what changes (or throw), and commits it with its events and the run's new version.
   * A run that is not driven on has no turn afterwards, whatever was decided; one that ends fires what follows it.
   * `decide` is called inside the transaction: it is pure and quick. With a `fence` the change is refused (Fenced) unless
   * the run's epoch still is that one. Throws AppError("not-found").
   */
  change(
    runId: string,
    at: number,
    decide: (now: RunWithSteps) => Change,
    fence?: { epoch: number },
  ): Promise<Recorded>;
  /**
   * Hands the run that has been due the longest to this worker: bumps its epoch and sets its claim, without an event of that.
   * Due: `wakeAt` ≤ now in a state that may wake, and not claimed or another worker's claim ran out. Null when none is.
   */
  claim(worker: string, now: number, leaseMs: number, how?: Claiming): Promise<Claimed | null>;
  /** Prolongs a claim; false when the worker has lost it. */
  beat(runId: string, epoch: number, until: number): Promise<boolean>;
  /** Gives a claim back. */
  release(runId: string, epoch: number): Promise<void>;
  /** Forgets all claims: the caller is the only server there is. Gives the ids of the runs that were under way. */
  releaseAll(): Promise<string[]>;
  /**
   * After the clock was set back: runs that were changed later than it is now, and would sleep until a time that was reckoned by the old
   * clock, are due now; so are those that ask nobody and would sleep beyond `furthest`. What they wait for decides anew how long.
   */
  wakeAhead(now: number, furthest: number): Promise<void>;
  /** When the next unclaimed run becomes due; null when none will. */
  nextWake(mostOfFamily?: number): Promise<number | null>;

  run(id: string): Promise<RunWithSteps | null>;
  /** The same for those who show it: without the lists of what came out of items, which may be large. */
  seen(id: string): Promise<RunWithSteps | null>;
  /** The id of the run with this number among those of its workflow; null when there is none. */
  runNumbered(workflowId: string, number: number): Promise<string | null>;
  /** The hot path of polling: one prepared query. */
  version(id: string): Promise<number | null>;
  /** In the order in which they were accepted, newest first, paged by key. */
  runs(filter: RunFilter): Promise<{ rows: RunWithSteps[]; next: string | null }>;
  /** Kept, not counted; those of these workflows left out. */
  countRuns(hidden?: readonly string[]): Promise<Record<RunState, number>>;
  /** How many runs that a person started are queued or running, counted up to `most`; with `by` only those under this name. */
  atWork(who: Starter, most: number): Promise<number>;
  /** Runs that are not over and changed at this time or later. */
  underWaySince(at: number): Promise<ChangedRun[]>;
  /** Runs that are over and changed later than another one (with an empty id: at that time or later), in the order of their changes. */
  overSince(from: Pick<ChangedRun, "id" | "changedAt">, limit: number): Promise<ChangedRun[]>;
  /** Whether any run names this version of a workflow's code, and how many that are no items are not over. */
  codeUse(code: string): Promise<{ named: boolean; underWay: number }>;
  /** The runs in a line for a turn, whoever came first before the others. */
  line(turn: string): Promise<Run[]>;
  /** The run that holds a lock and is not over. */
  lockHolder(lock: string): Promise<Run | null>;
  /** Events after number `after` in order, at most `limit`. */
  events(runId: string, after: number, limit: number): Promise<FeedEvent[]>;
  /**
   * Runs that changed, as they are now, each with its events from number `from` on, at most a thousand; one that is gone is left out. This is how
   * a process learns of what another one committed.
   */
  asRecorded(changed: readonly { id: string; from: number }[]): Promise<Recorded[]>;
  /** The newest events in order, progress and log events left out. */
  history(runId: string, limit: number): Promise<FeedEvent[]>;
  /** Lines after number `after`, or the newest `limit` when `after` is null; in order. */
  logs(runId: string, query: { after: number | null; limit: number; stepId?: string }): Promise<LogLine[]>;
  /** Finished steps of the newest `runs` completed runs of a workflow, newest run first. */
  past(workflowId: string, runs: number): Promise<PastStep[]>;
  /** What was told of the rest of these same runs while they were under way, newest run first. */
  estimates(workflowId: string, runs: number): Promise<PastEstimate[]>;
  /** What was told of one run so far, from its start on. */
  told(runId: string): Promise<PastEstimate[]>;

  readonly items: ItemTable;
  readonly removal: Removal;
  readonly cleanings: CleaningTable;
  readonly exports: ExportRegistry;
  readonly connections: ConnectionTable;
  readonly kept: KeptTable;
  readonly chats: ChatTable;
  readonly triggers: TriggerTable;
  readonly notify: NotifyTable;
  readonly accounts: Accounts;
  readonly access: AccessTable;
  readonly shares: ShareTable;
  readonly scripts: ScriptTable;
  /** Every write must survive; throws when the store cannot be written. */
  healthy(): Promise<void>;
  /** What the store takes on the disk, how much of that it does not use, and whether it can give that back while it is open. Bytes. */
  space(): Promise<StoreSpace>;
  /** Gives a little of what it does not use back to the disk: a few milliseconds. The bytes that it gave; 0: no more. */
  giveBack(): Promise<number>;
  close(): Promise<void>;
}

/** Who may do what with which workflow and connection. */
export interface AccessTable {
  all(): Promise<{ kind: AccessKind; id: string; access: Access }[]>;
  /** Null: nothing is said of it any more. */
  put(kind: AccessKind, id: string, access: Access | null): Promise<void>;
}

export interface ConnectionTable {
  list(kind?: string): Promise<StoredConnection[]>;
  get(id: string): Promise<StoredConnection | null>;
  put(connection: StoredConnection): Promise<void>;
  setTest(id: string, test: NonNullable<Connection["lastTest"]>): Promise<void>;
  remove(id: string): Promise<void>;
}
