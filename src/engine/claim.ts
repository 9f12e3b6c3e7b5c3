import { Fenced, type Recorded } from "#core/change.ts";
import type { Clock } from "#core/clock.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import { refusedBecause } from "#core/unrecorded.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { Unwritten, unwritten } from "#engine/commit/commit.ts";
import type { Decide } from "#engine/moves/move.ts";
import { signalled } from "#engine/moves/stop.ts";
import { findDefinition } from "./definition.ts";
import type { EngineParts } from "./parts.ts";
import { Stop } from "./stop.ts";

/** A run while this worker holds its claim: the only way in which steps record anything. */
export interface Claim {
  /** What they ask of the store by these is asked again while it refuses. */
  readonly parts: EngineParts;
  /** Another server process left the run under way, and had not ended as it should. */
  readonly left: boolean;
  /** The truth as of the last commit. */
  at(): RunWithSteps;
  step(id: string): Step;
  definition(stepId: string): StepDefinition;
  /** Fires on cancel, when the server closes and when the claim is lost; its reason is a Stop. */
  readonly signal: AbortSignal;
  /** The step that began in the commit that ended the one before it, or took the run, until it is worked at. */
  ahead: string | null;
  /** How much the run has to do was kept with the last step's end. */
  isSized: boolean;
  /**
   * Commits a move under the claim's epoch, one after the other. While the store refuses, the same commit is tried again and never the
   * work that led to it. Throws Stop("lost") when another worker has the run, and Stop("closing") when the server closes meanwhile.
   */
  record(decide: Decide): Promise<void>;
}

interface OpenClaim extends Claim {
  close(): Promise<void>;
}

/** Between tries of what the store refused. */
const firstAgainMs = 100;
const longestAgainMs = 2_000;

/** Keeps the claim alive, listens for a person's cancel, and stops the work when the claim is lost or the server closes. */
export const openClaim = (
  claimed: RunWithSteps,
  parts: EngineParts,
  closing: AbortSignal,
  left: boolean,
): OpenClaim => {
  const { feed, commit } = parts;
  const { id, epoch } = claimed.run;
  const control = new AbortController();
  let at = claimed;
  let queue: Promise<unknown> = Promise.resolve();

  /** A person's verb may have shared the sync of this worker's commit and be told before it. */
  const take = (recorded: RunWithSteps): void => {
    if (recorded.run.version > at.run.version) at = recorded;
  };
  const record = (decide: Decide): Promise<void> => {
    const next = queue.then(async () => {
      take(await insist(parts, id, closing, () => commit(at.run, decide, epoch)));
    });
    queue = next.catch(() => {});
    return next.catch((error: unknown) => {
      if (!(error instanceof Fenced)) throw error;
      control.abort(new Stop("lost"));
      throw new Stop("lost");
    });
  };

  const hear = (recorded: Recorded) => {
    // With another epoch it is in another worker's hands, or in this one's anew.
    if (recorded.run.id !== id || recorded.run.epoch !== epoch) return;
    // What a person asked for is known at once, not only after this worker's own next commit.
    take(recorded);
    if (recorded.run.wish !== "cancel" || control.signal.aborted) return;
    control.abort(new Stop("cancel"));
    record(signalled).catch(() => {});
  };
  const stopListening = feed.listen(hear);
  const onClosing = () => control.abort(new Stop("closing"));
  if (closing.aborted) onClosing();
  closing.addEventListener("abort", onClosing, { once: true });
  const lease = keepLease(parts, claimed.run, () => control.abort(new Stop("lost")));
  const confirmHeld = (): Promise<void> | null =>
    lease.isSure()
      ? null
      : insist(parts, id, closing, () => lease.prolong().catch(unwritten)).catch((error: unknown) => {
          if (!(error instanceof Stop)) throw error;
        });

  return {
    parts: { ...patient(parts, id, closing), confirmHeld },
    left,
    at: () => at,
    step: (stepId) => {
      const found = at.steps.find((one) => one.id === stepId);
      if (found === undefined) throw new Error(`run ${id} has no step ${stepId}`);
      return found;
    },
    definition: (stepId) => findDefinition(parts.workflows, at, stepId),
    signal: control.signal,
    ahead: null,
    isSized: false,
    record,
    close: async () => {
      stopListening();
      lease.stop();
      closing.removeEventListener("abort", onClosing);
      await queue;
      parts.unrecorded.delete(id);
    },
  };
};

/** Tries a commit until the store takes it; meanwhile the page says that what happened is not recorded. Throws Stop("closing"). */
const insist = async <T>(
  { unrecorded, clock, log }: EngineParts,
  runId: string,
  closing: AbortSignal,
  write: () => Promise<T>,
): Promise<T> => {
  for (let againMs = firstAgainMs; ; againMs = Math.min(longestAgainMs, 2 * againMs)) {
    try {
      const recorded = await write();
      unrecorded.delete(runId);
      return recorded;
    } catch (error) {
      if (!(error instanceof Unwritten)) throw error;
      if (!unrecorded.has(runId)) {
        log.error({ err: error.cause, runId }, "the store refused; it is tried again");
        unrecorded.set(runId, { since: clock.now(), because: refusedBecause(error.cause) });
      }
      if (closing.aborted) throw new Stop("closing");
      await pauseFor(clock, againMs, closing);
    }
  }
};

/**
 * What work on a run asks of the store besides its own commits, asked again for as long as the store refuses: no run fails because a database
 * is away for a while.
 */
const patient = (parts: EngineParts, runId: string, closing: AbortSignal): EngineParts => {
  const { store, history, commit } = parts;
  const again =
    <G extends unknown[], T>(ask: (...given: G) => Promise<T>) =>
    (...given: G): Promise<T> =>
      insist(parts, runId, closing, () => ask(...given).catch(unwritten));
  return {
    ...parts,
    commit: (...given) => insist(parts, runId, closing, () => commit(...given)),
    history: { ...history, of: again(history.of) },
    store: {
      ...store,
      line: again(store.line),
      run: again(store.run),
      items: { ...store.items, of: again(store.items.of), counts: again(store.items.counts) },
    },
  };
};

/** Waits, but not beyond the end of the server. */
const pauseFor = (clock: Clock, ms: number, closing: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      cancel();
      closing.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    closing.addEventListener("abort", done);
  });

interface Lease {
  /** Until the time that the store has confirmed last nobody else can have taken the run. */
  isSure(): boolean;
  prolong(): Promise<void>;
  stop(): void;
}

/** Prolongs the claim for as long as it is held. */
const keepLease = (
  { store, clock, leaseMs }: EngineParts,
  { id, epoch, claimedUntil }: RunWithSteps["run"],
  lost: () => void,
): Lease => {
  let stopped = false;
  let cancelTimer = () => {};
  let sureUntil = claimedUntil ?? 0;
  const prolong = async (): Promise<void> => {
    const until = clock.now() + leaseMs;
    if (await store.beat(id, epoch, until)) sureUntil = until;
    else {
      stopped = true;
      lost();
    }
  };
  const beat = (): void => {
    if (stopped) return;
    cancelTimer = clock.after(leaseMs / 3, () => {
      prolong().then(beat, beat);
    });
  };
  beat();
  return {
    isSure: () => clock.now() < sureUntil,
    prolong,
    stop: () => {
      stopped = true;
      cancelTimer();
    },
  };
};
