import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { Run, RunWithSteps } from "#core/run.ts";
import type { Secrets } from "#core/secrets.ts";
import type { Step } from "#core/step.ts";
import type { StepContext } from "#core/step-context.ts";
import type { Results } from "#core/workflow.ts";

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
  { clock, secrets }: { clock: Clock; secrets: Secrets },
): StepContext<unknown, Results> => ({
  runId: at.run.id,
  stepId: step.id,
  input: at.run.input,
  results: resultsOf(at.steps),
  signal,
  now: () => clock.now(),
  secret: (name) => openSecret(at.run, name, secrets),
});

/** The owner that a run's secrets are sealed for. */
export const secretOwner = (runId: string): string => `run/${runId}`;

const openSecret = ({ id, secrets: sealed }: Run, name: string, secrets: Secrets): string => {
  const text = sealed?.[name];
  if (text === undefined) {
    throw new AppError(
      "not-allowed-now",
      `The secret “${name}” of this run was forgotten. Enter it again: change the input, then go on.`,
    );
  }
  return secrets.open(text, secretOwner(id));
};
