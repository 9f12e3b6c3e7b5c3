import type { Values } from "#core/form.ts";
import type { RunMode } from "#core/run.ts";
import type { NewStep } from "#core/store.ts";
import { supervised } from "#core/supervised.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { findWorkflow } from "./definition.ts";
import { sealedSecrets, withoutSecrets } from "./start-secrets.ts";
import type { VerbDeps } from "./verb.ts";

/** Before any history and without an author's guess, a step counts as this long. */
const unknownWeightMs = 1_000;

/** Accepts a run: it is in the store, with all its steps, before this answers. */
export const start = async (
  deps: VerbDeps,
  workflowId: string,
  values: Values,
  by: string,
  mode: RunMode = "automatic",
): Promise<{ runId: string }> => {
  const flow = findWorkflow(deps.workflows, workflowId);
  const steps = mode === "automatic" ? flow.steps : supervised(flow).steps;
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
      mode,
      input,
      values: withoutSecrets(values, flow),
      secrets: sealedSecrets(values, flow, runId, deps),
      lock: flow.start.lock?.(input) ?? null,
      createdAt: now,
      createdBy: by,
      wakeAt: now,
    },
    steps.map(newStep),
    [{ type: "run.created", by }],
  );
  deps.feed.tell(recorded);
  deps.wake();
  return { runId };
};

const newStep = (definition: StepDefinition): NewStep => ({
  id: definition.id,
  kind: definition.kind,
  title: definition.title,
  weightMs: definition.kind === "ask" ? 0 : (definition.weightMs ?? unknownWeightMs),
  skippable: definition.skippable ?? null,
  undoable: definition.kind !== "ask" && definition.undo !== undefined,
});
