import type { TriggerKind } from "./cause.ts";
import type { ByClock } from "./due.ts";
import type { Values } from "./form.ts";
import type { Mapping } from "./mapping.ts";
import type { FormerAnswers, RunMode } from "./run.ts";
import type { RunState } from "./states.ts";

/** What happens at a due time while a run of the same schedule is under way. */
export const overlaps = ["skip", "queue", "cancel"] as const;
export type Overlap = (typeof overlaps)[number];

/** How a call shows that it knows the secret: it says it in a header, or signs its body as Standard Webhooks or GitHub do. */
export const proofKinds = ["secret", "standard", "github"] as const;
export type ProofKind = (typeof proofKinds)[number];

export const endsFollowed = ["completed", "failed"] as const;
export type EndFollowed = (typeof endsFollowed)[number];

export type When =
  | ({ kind: "schedule"; overlap: Overlap } & ByClock)
  | { kind: "hook"; proof: ProofKind; mapping: Mapping }
  | { kind: "after"; workflowId: string; on: readonly EndFollowed[]; mapping: Mapping };
export type WhenOf<K extends TriggerKind> = Extract<When, { kind: K }>;

/** Times are milliseconds since 1970. */
export interface Trigger<W extends When = When> {
  id: string;
  /** One that no other has. */
  name: string;
  /** What it starts, with which input and answers. */
  workflowId: string;
  mode: RunMode;
  values: Values;
  former: FormerAnswers | null;
  /** The secrets of its input by field, sealed for `triggerOwner`. */
  secrets: Readonly<Record<string, string>> | null;
  when: W;
  /** What calls of a hook are proven with, sealed; `former` holds until `formerUntil`. */
  proof: Readonly<{ now?: string; former?: string }> | null;
  formerUntil: number | null;
  /** The person as whom its runs are started. */
  makerId: string;
  madeAt: number;
  /** Since when it is as it is: made, changed or resumed. What was before counts for nothing. */
  since: number;
  /** After so many failures in a row it pauses; null: never. */
  pauseAfter: number | null;
  paused: { at: number; because: string; withAll?: true } | null;
  /** Of a schedule: what became of all times up to here is decided. */
  decided: number | null;
  /** Of a schedule: its next time. */
  nextAt: number | null;
  /** Grows with each change: whoever changes it says which one they know. */
  revision: number;
  /** How many firings there ever were. */
  fired: number;
}

/** `queued` has to become a run yet, `refused` could not. */
export const becomings = ["run", "queued", "missed", "skipped", "refused"] as const;
export type Becoming = (typeof becomings)[number];

/** That a trigger fired, or would have, and what became of it: one row for each key, so that nothing is done twice. */
export interface Firing {
  triggerId: string;
  /** Its due time, the id of the delivery, or the run that ended and how. */
  key: string;
  /** Counts up for each trigger. */
  n: number;
  at: number;
  became: Becoming;
  because: string | null;
  runId: string | null;
  /** Of a schedule. */
  dueAt: number | null;
  /** The run that it follows. */
  afterRunId: string | null;
  /** What a call brought, its secrets blotted out; kept of the newest few. */
  body: string | null;
  /** Tells whether another call under the same key brought the same. */
  asked: string;
}

/** What a schedule has decided up to now, kept in the same commit as its firings; only where nobody has changed it since. */
export interface Moved {
  revision: number;
  decided: number;
  nextAt: number | null;
}

export type NewFiring = Omit<Firing, "n" | "runId"> & { move?: Moved };

/** A firing with the run that came of it, as far as that is still there. */
export interface FiringSeen extends Firing {
  run: { number: number; workflowId: string; state: RunState; endedAt: number | null } | null;
}

export type TriggerPatch = Partial<Omit<Trigger, "id" | "revision" | "fired" | "madeAt" | "makerId">>;

export interface TriggerTable {
  /** By name. */
  list(): Promise<Trigger[]>;
  get(id: string): Promise<Trigger | null>;
  /** Throws AppError("bad-input", …, { field: "name" }) when another has its name, AppError("not-allowed-now") when there are too many. */
  add(trigger: Trigger): Promise<void>;
  /** With firings that come of it, in one commit. False, and nothing is written, where somebody has changed it since that revision. */
  change(id: string, revision: number, patch: TriggerPatch, firings?: readonly NewFiring[]): Promise<boolean>;
  /** With its firings. */
  remove(id: string): Promise<void>;
  /** A firing that no run came of; one under the same key that became a run stays. */
  record(firing: NewFiring): Promise<void>;
  firing(triggerId: string, key: string): Promise<Firing | null>;
  /** What has to become runs yet, the longest waiting first. */
  queued(limit: number): Promise<Firing[]>;
  /** What became a run or was refused, the newest first. */
  outcomes(triggerId: string, limit: number): Promise<FiringSeen[]>;
  /** The ids of its runs that are not over. */
  underWay(triggerId: string): Promise<string[]>;
  /** All firings before the nth, or the newest ones, newest first. */
  firings(triggerId: string, before: number | null, limit: number): Promise<FiringSeen[]>;
}

export const mostTriggers = 500;
export const longestTriggerName = 80;
/** Older firings of a trigger are forgotten. */
export const firingsKept = 5_000;
/** Of so many calls it is kept what they brought. */
export const bodiesKept = 10;

/** Somebody has changed the trigger since it was read, or it is gone: look at it anew. */
export class TriggerMoved extends Error {
  override readonly name = "TriggerMoved";
}

/** The owner that a trigger's secrets are sealed for. */
export const triggerOwner = (id: string): string => `trigger/${id}`;

export const isOf = <K extends TriggerKind>(trigger: Trigger, kind: K): trigger is Trigger<WhenOf<K>> =>
  trigger.when.kind === kind;
