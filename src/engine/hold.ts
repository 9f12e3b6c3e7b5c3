import { type Change, Fenced, type Recorded } from "#core/change.ts";
import type { Run, RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { findDefinition } from "./definition.ts";
import type { EngineDeps } from "./deps.ts";
import { createMask } from "./mask.ts";
import { type History, withPercent } from "./percent.ts";
import { rolledBack } from "./roll-back.ts";
import { Stop } from "./stop.ts";
import { withTimeTold } from "./time-told.ts";

/** A run while this worker holds its claim: the only way in which steps record anything. */
export interface Hold {
  readonly deps: EngineDeps;
  readonly history: History;
  /** The truth as of the last commit. */
  at(): RunWithSteps;
  run(): Run;
  step(id: string): Step;
  definition(stepId: string): StepDefinition;
  /** Fires on cancel, when the server closes and when the claim is lost; its reason is a Stop. */
  readonly signal: AbortSignal;
  /** Commits a change under the claim's epoch, one after the other, and tells the feed. Throws Stop("lost") when fenced. */
  record(decide: (now: RunWithSteps) => Change): Promise<void>;
  /** The run was left under way by another server process. */
  readonly left: boolean;
}

interface OpenHold extends Hold {
  close(): Promise<void>;
}

/** Keeps the claim alive, listens for a person's cancel, and stops the work when the claim is lost or the server closes. */
export const openHold = (
  claimed: RunWithSteps,
  deps: EngineDeps,
  history: History,
  closing: AbortSignal,
  left: boolean,
): OpenHold => {
  const { store, feed, clock, leaseMs } = deps;
  const { id, epoch } = claimed.run;
  const control = new AbortController();
  const mask = createMask(claimed.run, deps.secrets);
  let at = claimed;
  let queue: Promise<unknown> = Promise.resolve();

  const record = (decide: (now: RunWithSteps) => Change): Promise<void> => {
    const next = queue.then(async () => {
      const { expected, model } = await history.of(at.run.workflowId);
      const when = clock.now();
      const recorded = await store.change(
        id,
        when,
        (now) => {
          const change = rolledBack(deps.workflows, now, mask(decide(now)), when);
          return withTimeTold(now, withPercent(now, change, expected), model, when);
        },
        { epoch },
      );
      at = recorded;
      feed.tell(recorded);
    });
    queue = next.catch(() => {});
    return next.catch((error: unknown) => {
      if (!(error instanceof Fenced)) throw error;
      control.abort(new Stop("lost"));
      throw new Stop("lost");
    });
  };

  const hear = (recorded: Recorded) => {
    if (recorded.run.id !== id) return;
    // What a person asked for is known at once, not only after this worker's own next commit.
    if (recorded.run.version > at.run.version) at = recorded;
    if (recorded.run.wish !== "cancel" || control.signal.aborted) return;
    control.abort(new Stop("cancel"));
    record((now) => signalled(now, clock.now())).catch(() => {});
  };
  const stopListening = feed.listen(hear);
  const onClosing = () => control.abort(new Stop("closing"));
  if (closing.aborted) onClosing();
  closing.addEventListener("abort", onClosing, { once: true });

  let stopBeating = () => {};
  const beat = () => {
    stopBeating = clock.after(leaseMs / 3, () => {
      store
        .beat(id, epoch, clock.now() + leaseMs)
        .then((kept) => (kept ? beat() : control.abort(new Stop("lost"))))
        .catch(() => beat());
    });
  };
  beat();

  const step = (stepId: string): Step => {
    const found = at.steps.find((one) => one.id === stepId);
    if (found === undefined) throw new Error(`run ${id} has no step ${stepId}`);
    return found;
  };
  return {
    deps,
    history,
    left,
    at: () => at,
    run: () => at.run,
    step,
    definition: (stepId) => findDefinition(deps.workflows, at, stepId),
    signal: control.signal,
    record,
    close: async () => {
      stopListening();
      stopBeating();
      closing.removeEventListener("abort", onClosing);
      await queue;
    },
  };
};

const signalled = (now: RunWithSteps, at: number): Change => {
  const working = now.steps.find((step) => step.state === "running");
  if (now.run.cancel === null || working === undefined) return { events: [] };
  return {
    run: { cancel: { ...now.run.cancel, stepId: working.id, signalledAt: at } },
    events: [{ type: "cancel.signalled", stepId: working.id }],
  };
};
