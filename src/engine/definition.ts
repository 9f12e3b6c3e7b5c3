import { AppError, noRun, noWorkflow } from "#core/errors.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import type { Store } from "#core/store.ts";
import { supervised } from "#core/supervised.ts";
import type { StepDefinition, Workflow } from "#core/workflow.ts";
import type { RunsCode, Workflows } from "#core/workflows.ts";

/** The workflow of that id as it is offered. Throws AppError("not-found"), and AppError("store-busy") while it may still come. */
export const findWorkflow = (workflows: Workflows, id: string): Workflow => {
  const found = workflows.offered().find((one) => one.id === id);
  if (found === undefined && workflows.areBeingRead())
    throw new AppError(
      "store-busy",
      `Milepost has begun a moment ago and is still reading its workflows; “${id}” is not among those that it has read. Try again in a few seconds.`,
      { retryAfterMs: 2_000 },
    );
  return there(found, id);
};

/** The workflow that a run goes on with; AppError("not-found") otherwise. */
export const workflowOf = (workflows: Workflows, run: RunsCode): Workflow =>
  there(workflows.of(run), run.workflowId);

const there = (found: Workflow | undefined, id: string): Workflow => {
  if (found === undefined) throw noWorkflow(id);
  return found;
};

/** The workflow as this run goes through it: a supervised one has a question before each step. */
export const flowOf = (workflows: Workflows, { run, steps }: RunWithSteps): Workflow | undefined => {
  const flow = workflows.of(run);
  return flow === undefined || run.mode === "automatic" ? flow : supervised(flow, steps);
};

/**
 * The definition of a run's step. A run keeps the step ids that it began with: when the workflow no longer has the same ids in
 * the same order, it is refused with "workflow-changed" rather than continued somewhere else.
 */
export const findDefinition = (workflows: Workflows, at: RunWithSteps, stepId: string): StepDefinition => {
  const refused = misfit(workflows, at);
  if (refused !== null) throw refused;
  const definition = flowOf(workflows, at)?.steps.find((step) => step.id === stepId);
  if (definition === undefined) throw changed(at, "has changed since this run began");
  return definition;
};

/** Why a run cannot go on with its workflow as it is; null when it can. */
export const misfit = (workflows: Workflows, at: RunWithSteps): AppError | null => {
  const flow = flowOf(workflows, at);
  if (flow === undefined)
    return changed(
      at,
      "is not there: it was removed, or refused at the start of the server, whose log says why",
    );
  const isSame =
    flow.steps.length === at.steps.length &&
    flow.steps.every((step, index) => step.id === at.steps[index]?.id && step.kind === at.steps[index]?.kind);
  return isSame ? null : changed(at, "has changed since this run began");
};

/** Whether this process has the workflow of a run, as the run began with it. */
export const fits = async (workflows: Workflows, at: RunWithSteps): Promise<boolean> => {
  await workflows.ready(at.run);
  return misfit(workflows, at) === null;
};

const changed = ({ run }: RunWithSteps, why: string): AppError =>
  new AppError("workflow-changed", `The workflow “${run.workflowId}” ${why}, so this run cannot go on.`);

/** The wait that a run is in and how its workflow defines it; null when it is in none, or the workflow has none such any more. */
export const waitOf = (workflows: Workflows, { run, steps }: RunWithSteps) => {
  const step = steps.find((one) => one.state === "waiting" && one.kind === "wait");
  const definition = workflows.of(run)?.steps.find((one) => one.id === step?.id);
  return step !== undefined && definition?.kind === "wait" ? { step, definition } : null;
};

/** The step whose items a run waits for; null when it waits for none. */
export const eachUnderWay = ({ steps }: Pick<RunWithSteps, "steps">): Step | null =>
  steps.find((one) => one.state === "waiting" && one.kind === "each") ?? null;

/** Whether what the step makes with this input can be removed again; of an each step, by its items. */
export const isUndoable = (definition: StepDefinition, input?: unknown): boolean => {
  if (definition.kind === "ask" || (input !== undefined && saysNotHow(definition, input))) return false;
  return definition.kind === "each"
    ? definition.flow.steps.some((step) => isUndoable(step))
    : definition.undo !== undefined;
};

/** What changes of the steps when the run has another input: whether they can be undone. */
export const undoableWith = (
  flow: Pick<Workflow, "steps">,
  steps: readonly Step[],
  input: unknown,
): { id: string; patch: Pick<Step, "undoable"> }[] =>
  flow.steps.flatMap((definition) => {
    const undoable = isUndoable(definition, input);
    const step = steps.find(({ id }) => id === definition.id);
    return step === undefined || step.undoable === undoable ? [] : [{ id: step.id, patch: { undoable } }];
  });

const saysNotHow = ({ undoneBy }: StepDefinition, input: unknown): boolean =>
  undoneBy !== undefined && !(input as Readonly<Record<string, unknown>> | null)?.[undoneBy];

/** The step of a run; AppError("not-found") otherwise. */
export const findStep = (now: RunWithSteps, stepId: string): Step => {
  const step = now.steps.find((one) => one.id === stepId);
  if (step === undefined) throw new AppError("not-found", `This run has no step “${stepId}”.`);
  return step;
};

/** The id of a workflow's nth run. Throws AppError("not-found"). */
export const numberedRun = async (
  store: Pick<Store, "runNumbered">,
  workflowId: string,
  number: number,
): Promise<string> => {
  const id = await store.runNumbered(workflowId, number);
  if (id === null) throw new AppError("not-found", `There is no run #${number} of this workflow.`);
  return id;
};

/** The run for those who show it; AppError("not-found") otherwise. */
export const findSeen = (
  { store: { seen } }: { store: Pick<Store, "seen"> },
  runId: string,
): Promise<RunWithSteps> => findRun({ store: { run: seen } }, runId);

/** The run as the store has it, with its workflow ready where those are given; AppError("not-found") otherwise. */
export const findRun = async (
  { store, workflows }: { store: Pick<Store, "run">; workflows?: Pick<Workflows, "ready"> },
  runId: string,
): Promise<RunWithSteps> => {
  const found = await store.run(runId);
  if (found === null) throw new AppError("not-found", noRun);
  await workflows?.ready(found.run);
  return found;
};
