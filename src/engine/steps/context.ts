import { AppError } from "#core/errors.ts";
import type { Run, RunWithSteps } from "#core/run.ts";
import { secretOwner } from "#core/secrets.ts";
import type { Step } from "#core/step.ts";
import type { AskContext, DoContext, StepContext } from "#core/step-context.ts";
import type { Results } from "#core/workflow.ts";
import type { Claim } from "#engine/claim.ts";
import { workflowOf } from "#engine/definition.ts";
import type { EngineParts } from "#engine/parts.ts";
import type { Reporter } from "./reporter.ts";

/** The answers and results of all steps that are done, by step id. */
export const resultsOf = (steps: readonly Step[]): Results =>
  Object.fromEntries(
    steps
      .filter((step) => step.state === "completed" || step.state === "skipped")
      .map((step) => [step.id, step.result]),
  );

/** What every function of a step is given. */
export const stepContext = (
  parts: Pick<EngineParts, "clock" | "secrets" | "workflows">,
  at: RunWithSteps,
  step: Step,
  signal: AbortSignal,
): StepContext<unknown, Results> => ({
  runId: at.run.id,
  stepId: step.id,
  input: at.run.input,
  results: resultsOf(at.steps),
  signal,
  now: () => parts.clock.now(),
  secret: (name) => openSecret(parts, at, name),
});

/** What was answered to a question before: in this run, before it went back to it, or else in the run that it repeats. */
export const previously = (
  { former }: Run,
  { id, result }: Step,
): Pick<AskContext<unknown, Results>, "previous" | "repeats"> => {
  if (result !== null && result !== undefined) return { previous: result };
  const before = former?.[id];
  return before === undefined ? {} : { previous: before.answer, repeats: true };
};

/** What a do step is given; the same for running, probing and undoing. */
export const doContext = (
  claim: Claim,
  step: Step,
  reporter: Reporter,
  signal: AbortSignal,
  key = `${step.runId}/${step.id}`,
): DoContext<unknown, Results> => ({
  ...stepContext(claim.parts, claim.at(), step, signal),
  attempt: step.attempt,
  key,
  progress: reporter.progress,
  substeps: reporter.substeps,
  log: reporter.log,
});

const openSecret = (
  { secrets, workflows }: Pick<EngineParts, "secrets" | "workflows">,
  { run }: RunWithSteps,
  name: string,
): string => {
  const text = run.secrets?.[name];
  if (text !== undefined) return secrets.open(text, secretOwner(run.id));
  const flow = workflowOf(workflows, run);
  if (!flow.start.secrets.includes(name)) {
    throw new AppError(
      "workflow-broken",
      `“${flow.title}” asks for a secret “${name}”, but its form has none of that name. That is a mistake in the workflow.`,
    );
  }
  throw new AppError(
    "not-allowed-now",
    `The secret “${name}” of this run is not there: it was forgotten when the run was finalized, or never given. Change the input and enter it; then go on.`,
  );
};
