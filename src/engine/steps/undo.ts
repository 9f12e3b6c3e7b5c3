import { AppError } from "#core/errors.ts";
import { askedPauseMs, givenUp, nextTryMs } from "#core/retry.ts";
import { type Waiting, waitedMs } from "#core/step.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { callAuthor } from "#engine/author.ts";
import type { Claim } from "#engine/claim.ts";
import { stepUndone, undoBegun, undoFailed, undoWaits } from "#engine/moves/back.ts";
import { undoWaitsOrDone } from "#engine/shapes.ts";
import { Stop } from "#engine/stop.ts";
import { doContext } from "./context.ts";
import { createReporter } from "./reporter.ts";

type Undoable = Extract<StepDefinition, { kind: "do" | "wait" }>;

/** Between looks of an undo that has to wait and does not say how long. */
const usualPauseMs = 1_000;

const cannotBeUndone = (title: string): string =>
  `The workflow has changed since this run began: it no longer says how “${title}” is undone.`;

/**
 * Undoes one step. Its undo must bear being called again: after a crash it is, and where it waits for somebody. False when the run failed
 * there, so that a person can look and ask for undo once more.
 */
export const undoStep = async (claim: Claim, stepId: string, definition: Undoable): Promise<boolean> => {
  const { parts } = claim;
  const step = claim.step(stepId);
  if (definition.undo === undefined) throw new AppError("workflow-changed", cannotBeUndone(step.title));
  const { waiting } = step;
  if (waiting === null) await claim.record(() => undoBegun(step));
  const beganAt = parts.clock.now();
  const waited = waiting === null ? 0 : waitedMs(waiting, beganAt);
  const reporter = createReporter(claim, stepId, step.attempt);
  const called = await callAuthor(parts, {
    of: step.title,
    name: "undo",
    shape: undoWaitsOrDone,
    run: (signal) =>
      definition.undo?.({
        ...doContext(claim, step, reporter, signal, `${step.runId}/${stepId}/undo`),
        result: step.result ?? undefined,
        goingBack: claim.at().run.undoTo !== null,
        memo: waiting?.memo,
        waitedMs: waited,
      }),
    signal: claim.signal,
    limitMs: definition.timeoutMs ?? parts.limits.undo,
    graceMs: definition.stopWithinMs ?? parts.stopGraceMs,
  });
  await reporter.close();
  const sleep = (
    wait: Pick<Waiting, "word" | "memo" | "errors" | "restedMs">,
    pauseMs: number,
  ): Promise<void> =>
    claim.record((now, at) =>
      undoWaits(
        now,
        stepId,
        {
          ...{ for: "look", since: at, nextAt: at + pauseMs, looks: (waiting?.looks ?? 0) + 1 },
          ...{ ...wait, waitedMs: waited + Math.max(0, at - beganAt) },
        },
        at,
      ),
    );
  switch (called.kind) {
    case "stopped":
      throw new Stop(called.why);
    case "value": {
      const found = called.value;
      if (found === null || "stays" in found) await claim.record(() => stepUndone(stepId, found?.stays));
      else {
        const pauseMs = askedPauseMs(found.nextInMs) ?? usualPauseMs;
        await sleep({ word: found.waiting, memo: found.memo }, pauseMs);
      }
      return true;
    }
    case "error": {
      const { error } = called;
      const policy = { ...parts.retry, ...definition.retry };
      const restedMs = waiting?.restedMs ?? 0;
      const tried = { tries: (waiting?.errors ?? 0) + 1, restedMs };
      const again = nextTryMs(policy, tried, error, parts.random());
      if (again !== null) {
        const { memo } = waiting ?? {};
        await sleep({ word: error.message, memo, errors: tried.tries, restedMs: restedMs + again }, again);
        return true;
      }
      const told = givenUp(policy, tried, error);
      await claim.record((now, at) => undoFailed(now, claim.step(stepId), told, at));
      return false;
    }
    default:
      return called satisfies never;
  }
};
