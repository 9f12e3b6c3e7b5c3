import type { RunWithSteps } from "#core/run.ts";
import { type Behind, behindSentence } from "#core/turn.ts";
import { lettingGo, type Move } from "./move.ts";

/** It is not its turn: the run is let go until it is called, or looks again. Undoing it is undoing still. */
export const behindOthers = (now: RunWithSteps, behind: Behind, nextAt: number, at: number): Move => ({
  ...lettingGo(now, at, {
    run: { state: now.run.state === "undoing" ? "undoing" : "waiting", behind, wakeAt: nextAt },
  }),
  because: behindSentence(behind),
});

/** Its turn has come. */
export const itsTurn = ({ run, steps }: RunWithSteps): Move => {
  // A step that was paused between two looks goes on as a wait.
  const begins = run.state === "waiting" && !steps.some((step) => step.state === "waiting");
  return { run: { behind: null, ...(begins ? { state: "queued" } : {}) }, because: "It is its turn." };
};

/** Somebody before it left the line. */
export const called = ({ run }: RunWithSteps, ahead: number, at: number): Move =>
  run.behind === null || run.behind.ahead === ahead || run.claimedBy !== null ? {} : { run: { wakeAt: at } };
