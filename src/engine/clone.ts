import { AppError } from "#core/errors.ts";
import { isOver } from "#core/states.ts";
import { cancel } from "./cancel.ts";
import { findWorkflow } from "./definition.ts";
import { start } from "./start.ts";
import { openSecrets } from "./start-secrets.ts";
import { findRun, type VerbDeps } from "./verb.ts";

/** Starts another run of the same workflow with the same input and secrets. */
export const clone = async (deps: VerbDeps, runId: string, by: string): Promise<{ runId: string }> => {
  const { run } = await findRun(deps, runId);
  findWorkflow(deps.workflows, run.workflowId);
  const values = { ...run.values, ...openSecrets(run, deps.secrets) };
  return start(deps, run.workflowId, values, by, run.mode);
};

/**
 * Cancels a run and starts another with the same input once it has stopped; `settled` waits for that.
 * Throws AppError("timed-out") when it does not stop in time: the cancel stands, the new run was not started.
 */
export const startOver = async (
  deps: VerbDeps,
  runId: string,
  by: string,
  settled: () => Promise<void>,
): Promise<{ runId: string }> => {
  const before = await findRun(deps, runId);
  if (!isOver(before.run.state)) {
    await cancel(deps, runId, by);
    await settled();
    const after = await findRun(deps, runId);
    if (!isOver(after.run.state)) {
      throw new AppError(
        "timed-out",
        "The run is still being stopped, so the new one was not started. Look at it, then run it again.",
        { runId },
      );
    }
  }
  return clone(deps, runId, by);
};
