import type { Change, ItemChange, RunPatch, StepPatch } from "#core/change.ts";
import type { AppError } from "#core/errors.ts";
import type { NewEvent, NewLogLine } from "#core/event.ts";
import { shortened } from "#core/long-line.ts";
import type { RunWithSteps } from "#core/run.ts";
import { asShown } from "#core/screen.ts";
import type { StoredError } from "#core/step.ts";

/**
 * What changes of a run, without the events that follow from it: `commit` derives those. A move is a pure function of the run as it is
 * and of the time.
 */
export interface Move {
  run?: RunPatch;
  steps?: readonly { id: string; patch: StepPatch }[];
  /** Other steps in place of those from a position on, which nobody has begun. */
  anew?: Change["anew"];
  items?: ItemChange;
  logs?: readonly NewLogLine[];
  /** What happened that cannot be seen in the patches. */
  facts?: readonly NewEvent[];
  /** Why the run is in another state now. */
  because?: string;
  /** Who did it; nobody: Milepost itself. */
  by?: string;
}

/** Decides on a move from the run as it is inside the transaction. */
export type Decide = (now: RunWithSteps, at: number) => Move;

/** Nothing changes. */
export const still: Move = {};

/** Gives the claim back: part of every move after which the worker leaves the run alone. */
export const letGo = { claimedBy: null, claimedUntil: null } as const;

/**
 * A move after which the worker lets go of the run. When a person asked for something meanwhile it is done at once: keeping the claim
 * makes the worker come round once more and carry the wish out.
 */
export const lettingGo = (now: RunWithSteps, at: number, move: Move): Move =>
  now.run.wish === null
    ? { ...move, run: { ...move.run, ...letGo } }
    : { ...move, run: { ...move.run, wakeAt: at } };

/** The same move, and from it on these texts are told to nobody. */
export const hiding = ({ run: { privates } }: RunWithSteps, texts: readonly string[], move: Move): Move =>
  texts.length === 0
    ? move
    : { ...move, run: { ...move.run, privates: [...new Set([...(privates ?? []), ...texts])] } };

/** What of an error is kept: a sentence of a length that can be read, and what the other side said as a terminal would show it. */
export const stored = (error: AppError): StoredError => ({
  code: error.code,
  message: shortened(error.message),
  detail: error.detail === undefined ? null : asShown(error.detail),
  field: error.field ?? null,
});
