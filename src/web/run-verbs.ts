import { AppError } from "#core/errors.ts";
import type { RunVerb } from "#core/verbs.ts";
import type { Engine } from "#engine/engine.ts";

/** Gives a verb to the engine; `to` is the step that a rewind goes back to. */
export const doVerb = (
  engine: Engine,
  verb: RunVerb,
  runId: string,
  by: string,
  to: string | undefined,
): Promise<void> => {
  if (verb !== "rewind") return engine[verb](runId, by);
  if (to === undefined || to === "") {
    throw new AppError("bad-input", "Say which step to go back to.", { field: "to" });
  }
  return engine.rewind(runId, to, by);
};

/** The engine retries the step that failed; this makes sure that it is the one that was meant. */
export const retryStep = async (engine: Engine, runId: string, stepId: string, by: string): Promise<void> => {
  const picture = await engine.picture(runId);
  const step = picture.steps.find((one) => one.id === stepId);
  if (step === undefined) throw new AppError("not-found", `This run has no step “${stepId}”.`);
  if (!step.mayRetry) throw new AppError("not-allowed-now", `“${step.title}” cannot be tried again now.`);
  return engine.retry(runId, by);
};
