import { assertMoves, type Change, Fenced, type Recorded } from "#core/change.ts";
import { AppError, type ErrorCode } from "#core/errors.ts";
import type { Run, RunWithSteps } from "#core/run.ts";
import type { History } from "#engine/commit/history.ts";
import type { EngineDeps } from "#engine/deps.ts";
import type { Decide, Move } from "#engine/moves/move.ts";
import { eventsOf } from "./events.ts";
import type { Mask } from "./mask.ts";
import { withBegan, withPercent, withSigns } from "./progress.ts";
import type { Owed, Told } from "./told.ts";

/**
 * The one way in which anything of a run is written, by workers and by verbs: decide on the run as it is, blot out its secrets, bring
 * percent and silence up to date, derive the events, check the moves, write it all in one transaction, and tell the feed.
 * `gaveBack` is told, after the commit, of a turn that the run no longer stands in line for.
 * With an `epoch` it is refused (Fenced) when another worker has taken the run since.
 * Throws what `decide` throws, AppError("not-found"), AppError("locked"), and Unwritten when the store refused for now.
 */
export type Commit = (
  run: Pick<Run, "id" | "workflowId" | "startedAt">,
  decide: Decide,
  epoch?: number,
) => Promise<Recorded>;

/** What a worker writes with its claim, in the same commit: written as any other change, and told after it. */
export interface WithClaim {
  /** Null where no commit can be made without reading first. Never throws. */
  change(claimed: RunWithSteps, move: Move, at: number): Change | null;
  tell(recorded: Recorded): void;
}

/** The store could not be written (a full disk, a lock of another program): the same commit may be tried again. */
export class Unwritten extends Error {
  override readonly name = "Unwritten";
}

type CommitDeps = Pick<EngineDeps, "store" | "feed" | "clock">;

export const createCommit = (
  { store, feed, clock }: CommitDeps,
  history: History,
  told: Told,
  mask: Mask,
  gaveBack: (turn: string) => void,
): { commit: Commit; withClaim: WithClaim } => {
  const toChange = (
    now: RunWithSteps,
    decided: Move,
    at: number,
    owed: Owed,
    shown: number | null,
  ): Change => {
    const move = withPercent(now, withSigns(now, withBegan(now, mask(now.run, decided), at), at), shown);
    const { run, steps, anew, items, logs } = move;
    const made: Change = {
      ...(run === undefined ? {} : { run }),
      ...(steps === undefined ? {} : { steps }),
      ...(anew === undefined ? {} : { anew }),
      ...(items === undefined ? {} : { items }),
      ...(logs === undefined ? {} : { logs }),
      ...(owed.estimates.length === 0 ? {} : { estimates: owed.estimates }),
      events: eventsOf(now, move),
    };
    assertMoves(now, made);
    return made;
  };
  const tell = (recorded: Recorded, owed: Owed): void => {
    told.keep(recorded, owed);
    feed.tell(recorded);
    for (const other of recorded.also ?? []) feed.tell(other);
  };
  const commit: Commit = async ({ id, workflowId, startedAt }, decide, epoch) => {
    const model = await history.of(workflowId).catch(unwritten);
    if (model !== null && startedAt !== null && !told.knows(id))
      told.recall(id, await store.told(id).catch(unwritten));
    const at = clock.now();
    const owed = told.owed(id, model, at);
    const shown = model === null ? null : (owed.percent ?? 0);
    // The store may refuse before it reads the run, too: only what goes wrong here is not its refusal.
    let deciding = false;
    let turn: string | null = null;
    const change = (now: RunWithSteps): Change => {
      deciding = true;
      turn = now.run.turn;
      const made = toChange(now, decide(now, at), at, owed, shown);
      deciding = false;
      return made;
    };
    const recorded = await store
      .change(id, at, change, epoch === undefined ? undefined : { epoch })
      .catch((error: unknown) => {
        if (deciding) throw error;
        return unwritten(error);
      });
    tell(recorded, owed);
    if (turn !== null && recorded.run.turn !== turn) gaveBack(turn);
    return recorded;
  };
  return {
    commit,
    withClaim: {
      change: (claimed, move, at) => {
        const any = history.any(claimed.run.workflowId);
        // What was told of a run that has begun may have to be read.
        if (any === null || claimed.run.startedAt !== null) return null;
        return toChange(claimed, move, at, nothingOwed, any ? 0 : null);
      },
      tell: (recorded) => tell(recorded, nothingOwed),
    },
  };
};

/** Of a run that has not begun nothing was told. */
const nothingOwed: Owed = { estimates: [], percent: null, reckonedAt: null };

/** Throws it as Unwritten where the same may succeed later. */
export const unwritten = (error: unknown): never => {
  throw mayPass(error) ? new Unwritten("the store refused a commit", { cause: error }) : error;
};

/** Refusals that say something about the change itself; trying the same again gives the same. */
const final: ReadonlySet<ErrorCode> = new Set(["locked", "not-found", "internal"]);

// A TypeError or RangeError is how drivers refuse a value that no database can hold.
const mayPass = (error: unknown): boolean =>
  !(error instanceof Fenced || error instanceof TypeError || error instanceof RangeError) &&
  !(error instanceof AppError && final.has(error.code));
