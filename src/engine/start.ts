import { textOf, type Values } from "#core/form.ts";
import type { NewStep } from "#core/store.ts";
import type { StepDefinition, Workflow } from "#core/workflow.ts";
import { secretOwner } from "./context.ts";
import { findWorkflow } from "./definition.ts";
import type { VerbDeps } from "./verb.ts";

/** Before any history and without an author's guess, a step counts as this long. */
const unknownWeightMs = 1_000;

/** Accepts a run: it is in the store, with all its steps, before this answers. */
export const start = async (
  deps: VerbDeps,
  workflowId: string,
  values: Values,
  by: string,
): Promise<{ runId: string }> => {
  const flow = findWorkflow(deps.workflows, workflowId);
  const input = await flow.start.read(values);
  await deps.assertRoom();
  const runId = deps.newId();
  const now = deps.clock.now();
  const recorded = await deps.store.createRun(
    {
      id: runId,
      workflowId,
      title: flow.title,
      subject: flow.start.subject(input, {}),
      mode: "automatic",
      input,
      values: withoutSecrets(values, flow),
      secrets: sealed(values, flow, runId, deps),
      lock: flow.start.lock?.(input) ?? null,
      createdAt: now,
      createdBy: by,
      wakeAt: now,
    },
    flow.steps.map(newStep),
    [{ type: "run.created", by }],
  );
  deps.feed.tell(recorded);
  deps.wake();
  return { runId };
};

const secretFields = (flow: Workflow): readonly string[] => flow.start.secrets ?? [];

/** What was typed, without the secrets and without what browsers add. */
const withoutSecrets = (values: Values, flow: Workflow): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !secretFields(flow).includes(name)));

const sealed = (
  values: Values,
  flow: Workflow,
  runId: string,
  { secrets }: VerbDeps,
): Record<string, string> | null => {
  const given = secretFields(flow)
    .map((name) => [name, textOf(values, name)] as const)
    .filter(([, text]) => text !== "");
  if (given.length === 0) return null;
  return Object.fromEntries(given.map(([name, text]) => [name, secrets.seal(text, secretOwner(runId))]));
};

const newStep = (definition: StepDefinition): NewStep => ({
  id: definition.id,
  kind: definition.kind,
  title: definition.title,
  weightMs: definition.kind === "ask" ? 0 : (definition.weightMs ?? unknownWeightMs),
  skippable: definition.skippable ?? null,
  undoable: definition.kind !== "ask" && definition.undo !== undefined,
});
