import { Fenced, type Recorded } from "#core/change.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import type { StepDefinition } from "#core/workflow.ts";
import type { Decide } from "#engine/moves/move.ts";
import { signalled } from "#engine/moves/stop.ts";
import { findDefinition } from "./definition.ts";
import { insist, patient } from "./insist.ts";
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
  /** The step that began in the commit that ended the one before it, until it is worked at. */
  ahead: string | null;
  /**
   * Commits a move under the claim's epoch, one after the other. While the store refuses, the same commit is tried again and never the
   * work that led to it. Throws Stop("lost") when another worker has the run, and Stop("closing") when the server closes meanwhile.
   */
  record(decide: Decide): Promise<void>;
}

interface OpenClaim extends Claim {
  close(): Promise<void>;
}

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
  const stopBeating = keepBeating(parts, id, epoch, () => control.abort(new Stop("lost")));

  return {
    parts: patient(parts, id, closing),
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
    record,
    close: async () => {
      stopListening();
      stopBeating();
      closing.removeEventListener("abort", onClosing);
      await queue;
      parts.unrecorded.delete(id);
    },
  };
};

/** Prolongs the claim for as long as it is held; gives the way to stop that. */
const keepBeating = (
  { store, clock, leaseMs }: EngineParts,
  runId: string,
  epoch: number,
  lost: () => void,
): (() => void) => {
  let stopped = false;
  let cancelTimer = () => {};
  const beat = () => {
    if (stopped) return;
    cancelTimer = clock.after(leaseMs / 3, () => {
      store
        .beat(runId, epoch, clock.now() + leaseMs)
        .then((kept) => (kept ? beat() : lost()))
        .catch(() => beat());
    });
  };
  beat();
  return () => {
    stopped = true;
    cancelTimer();
  };
};
