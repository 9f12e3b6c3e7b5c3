import type { Clock } from "#core/clock.ts";
import type { Connection } from "#core/connection.ts";
import type { Feed } from "#core/feed.ts";
import type { Files, LongLines } from "#core/files.ts";
import type { Log } from "#core/log.ts";
import type { Others } from "#core/others.ts";
import type { RetryPolicy } from "#core/retry.ts";
import type { Secrets } from "#core/secrets.ts";
import type { Starter, Store } from "#core/store.ts";
import type { Workflows } from "#core/workflows.ts";

/** Everything the engine is handed; it reaches for nothing else. */
export interface EngineDeps {
  store: Store;
  feed: Feed;
  clock: Clock;
  log: Log;
  workflows: Workflows;
  /** In [0, 1). */
  random(): number;
  newId(): string;
  /** Names this worker in claims. */
  worker: string;
  /** How many runs are worked on at a time. */
  concurrency: number;
  /** A step that was told to stop has this long before the run says that it could not confirm it. */
  stopGraceMs: number;
  /** A claim that is not prolonged for this long is up for another worker. */
  leaseMs: number;
  /** False where other processes work on the same runs: who is to be taken for dead is told by their claims alone. */
  isAlone?: false;
  /** Those processes. */
  others?: Others;
  /** Throws AppError("disk-full") when there is too little room to accept a run, "too-many" when its starter has too many under way. */
  assertRoom(who: Required<Starter>): Promise<void>;
  /** Throws AppError("forbidden") when what a person gives to a run, by input or answer, names a connection that is not for them to use. */
  assertMayUse(personId: string, given: unknown): Promise<void>;
  /** The one connection among what was given to a run that has a field of this name; null: none, or several. */
  connectionWith(given: unknown, field: string): Promise<Pick<Connection, "id" | "name"> | null>;
  /** Seals what a person gave as a secret with the input of a run. */
  secrets: Secrets;
  /** How steps without a policy of their own are tried again. */
  retry: RetryPolicy;
  /** Without it the middle of a long line is lost, and the line says so. */
  longLines?: LongLines;
  /** Where files of exports lie; without it they stay when their run is deleted. */
  files?: Pick<Files, "remove" | "pieces">;
  /** How long authors' functions may take; see `authorLimits`. */
  limits?: AuthorLimits;
}

/** How long the functions of a workflow may take that have no limit of their own. Milliseconds. */
export interface AuthorLimits {
  /** What only turns values into others: detail, subject, lock, onFailure, hands. */
  words: number;
  /** Reading an answer or the start form; it may ask the other side. */
  read: number;
  /** Drawing a form. */
  draw: number;
  /** One look of a wait. */
  look: number;
  /** Undoing a step that has no limit of its own: nobody can cancel that. */
  undo: number;
  /** Planning all steps of a dry run. */
  plan: number;
}

export const authorLimits: AuthorLimits = {
  words: 10_000,
  read: 60_000,
  draw: 120_000,
  look: 60_000,
  undo: 1_800_000,
  plan: 120_000,
};
