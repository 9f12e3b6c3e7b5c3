import { toAppError } from "#core/errors.ts";
import { nextTryMs } from "#core/retry.ts";
import { Skip } from "#core/special-answers.ts";
import type { Step } from "#core/step.ts";
import type { DoContext } from "#core/step-context.ts";
import type { Results, StepDefinition } from "#core/workflow.ts";
import { type Called, call } from "./call.ts";
import { stepContext } from "./context.ts";
import { type Attempted, began, checkedChange, finished, retryChange } from "./do-changes.ts";
import { cancelledChange, failedChange, letGoWith } from "./ends.ts";
import type { Hold } from "./hold.ts";
import { createReporter, type Reporter } from "./reporter.ts";
import { Stop } from "./stop.ts";

type DoDefinition = Extract<StepDefinition, { kind: "do" }>;

/** One attempt of a do step, from its first commit to its last. `cutOff`: the attempt before was cut off in the middle. */
export const runDoStep = async (
  hold: Hold,
  stepId: string,
  definition: DoDefinition,
  cutOff: boolean,
): Promise<void> => {
  const { clock } = hold.deps;
  await hold.record((now) => began(now, stepId, clock.now(), cutOff, definition));
  const step = hold.step(stepId);
  const reporter = createReporter(hold, stepId, step.attempt);
  const beganAt = clock.now();
  const called = await call((signal) => attempt(hold, step, definition, reporter, signal), {
    signal: hold.signal,
    clock,
    timeoutMs: definition.timeoutMs ?? null,
    graceMs: definition.stopWithinMs ?? hold.deps.stopGraceMs,
  });
  await reporter.close();
  await settle(hold, step, definition, called, clock.now() - beganAt);
};

/** The context of a do step; the same for running, probing and undoing. */
export const doContext = (
  hold: Hold,
  step: Step,
  reporter: Reporter,
  signal: AbortSignal,
  key = `${step.runId}/${step.id}`,
): DoContext<unknown, Results> => ({
  ...stepContext(hold.at(), step, signal, hold.deps),
  attempt: step.attempt,
  key,
  progress: reporter.progress,
  substeps: reporter.substeps,
  log: reporter.log,
});

const attempt = async (
  hold: Hold,
  step: Step,
  definition: DoDefinition,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Attempted> => {
  const context = doContext(hold, step, reporter, signal);
  const probe = definition.whenInterrupted;
  // Before every attempt but the first: an attempt that failed or was cut off may have had its effect all the same.
  if (step.attempt > 1 && typeof probe === "function") {
    const found = await probe(context);
    reporter.log(found.checked);
    if (found.happened) return { skipped: null, result: found.result, found: found.checked };
    await hold.record((now) => checkedChange(now, step.id, found.checked));
  }
  const result = await definition.run(context);
  return result instanceof Skip
    ? { skipped: result.reason, result: result.result, found: null }
    : { skipped: null, result, found: null };
};

const settle = async (
  hold: Hold,
  step: Step,
  definition: DoDefinition,
  called: Called<Attempted>,
  tookMs: number,
): Promise<void> => {
  const { clock } = hold.deps;
  switch (called.kind) {
    case "value":
      return hold.record((now) => finished(now, step, definition, called.value, clock.now(), tookMs));
    case "stopped":
      if (called.why !== "cancel") throw new Stop(called.why);
      return hold.record((now) => cancelledChange(now, clock.now(), now.run.cancel?.by ?? "", called));
    case "error": {
      if (called.error instanceof Stop) throw called.error;
      const error = toAppError(called.error);
      if (error.code === "internal")
        hold.deps.log.error(
          { err: called.error, runId: step.runId, stepId: step.id },
          "a step failed unexpectedly",
        );
      const again = nextTryMs(definition.retry ?? hold.deps.retry, step.attempt, error, hold.deps.random());
      return hold.record((now) => {
        if (now.run.wish === "cancel")
          return cancelledChange(now, clock.now(), now.run.cancel?.by ?? "", {
            unconfirmed: null,
            tookMs: 0,
          });
        return again === null
          ? failedChange(now, step, error, clock.now())
          : letGoWith(now, clock.now(), retryChange(now, step, error, clock.now() + again, clock.now()));
      });
    }
    default:
      called satisfies never;
  }
};
