import type { Clock } from "#core/clock.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import type { Results, StepContext } from "#core/workflow.ts";

/** The answers and results of all steps that are done, by step id. */
export const resultsOf = (steps: readonly Step[]): Results =>
  Object.fromEntries(
    steps
      .filter((step) => step.state === "completed" || step.state === "skipped")
      .map((step) => [step.id, step.result]),
  );

/** What every function of a step is given. */
export const stepContext = (
  at: RunWithSteps,
  step: Step,
  signal: AbortSignal,
  clock: Clock,
): StepContext<unknown, Results> => ({
  runId: at.run.id,
  stepId: step.id,
  input: at.run.input,
  results: resultsOf(at.steps),
  signal,
  now: () => clock.now(),
});
