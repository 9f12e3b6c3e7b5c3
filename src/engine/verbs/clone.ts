import { AppError } from "#core/errors.ts";
import type { Beginning } from "#core/kept.ts";
import { assertMay } from "#core/rules.ts";
import type { FormerAnswers, Run, RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import { findRun, findWorkflow } from "#engine/definition.ts";
import type { EngineParts } from "#engine/parts.ts";
import { cancel } from "./cancel.ts";
import { openSecrets, type Started, type Starting, start } from "./start.ts";

/**
 * Starts another run of the same workflow with the same input, secrets and, unless `anew`, answers: it asks only where an answer does not
 * hold again.
 */
export const clone = async (
  parts: EngineParts,
  runId: string,
  by: string,
  { starter, key, anew = false }: Pick<Starting, "starter" | "key"> & { anew?: boolean } = {},
): Promise<Started> => {
  const at = await findRun(parts, runId);
  const { run } = at;
  if (run.parent !== null)
    throw new AppError("not-allowed-now", "An item of another run has no run like it. Try it again instead.");
  findWorkflow(parts.workflows, run.workflowId);
  const { values, mode, former } = beginningOf(at);
  const all = { ...values, ...openSecrets(run, parts.secrets) };
  return start(parts, run.workflowId, all, by, { mode, former: anew ? null : former, starter, key });
};

/** What starts another run like this one, but for its secrets. */
export const beginningOf = ({ run, steps }: RunWithSteps): Beginning => ({
  values: run.values,
  mode: run.mode,
  former: { ...run.former, ...answersOf(steps, run.privates) },
});

const answersOf = (steps: readonly Step[], privates: Run["privates"]): FormerAnswers =>
  Object.fromEntries(
    steps
      .filter(({ kind, state }) => kind === "ask" && state === "completed")
      .map(({ id, result, detail }) => [
        id,
        { answer: result, detail, ...(privates === null ? {} : { privates }) },
      ]),
  );

/**
 * Cancels a run and starts another with the same input once it has stopped; `settled` waits for that.
 * Throws AppError("timed-out") when it does not stop in time: the cancel stands, the new run was not started.
 */
export const startOver = async (
  parts: EngineParts,
  runId: string,
  by: string,
  how: Pick<Starting, "starter" | "key">,
  settled: () => Promise<void>,
): Promise<Started> => {
  const before = await findRun(parts, runId);
  assertMay("startOver", before);
  if (!isOver(before.run.state)) {
    if (before.run.wish !== "cancel") await cancel(parts, runId, by);
    await settled();
    const after = await findRun(parts, runId);
    if (!isOver(after.run.state)) {
      throw new AppError(
        "timed-out",
        "The run is still being stopped, so the new one was not started. Look at it, then run it again.",
        { runId },
      );
    }
  }
  return clone(parts, runId, by, { ...how, anew: true });
};
