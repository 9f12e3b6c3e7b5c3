import { textOf, type Values } from "#core/form.ts";
import { ownerId } from "#core/people.ts";
import type { FormerAnswers, Run, RunMode } from "#core/run.ts";
import { type Secrets, secretOwner } from "#core/secrets.ts";
import type { NewStep } from "#core/store.ts";
import { supervised } from "#core/supervised.ts";
import type { StepDefinition, Workflow } from "#core/workflow.ts";
import { askAuthor } from "#engine/author.ts";
import { findWorkflow } from "#engine/definition.ts";
import type { EngineParts } from "#engine/parts.ts";
import { json, words, wordsOrNone } from "#engine/shapes.ts";

/** Before any history and without an author's guess, a step counts as this long. */
const unknownWeightMs = 1_000;

/** Accepts a run: it is in the store, with all its steps, before this answers. */
export const start = async (
  parts: EngineParts,
  workflowId: string,
  values: Values,
  by: string,
  mode: RunMode = "automatic",
  starter: string = ownerId,
  former: FormerAnswers | null = null,
): Promise<{ runId: string }> => {
  const flow = findWorkflow(parts.workflows, workflowId);
  const steps = mode === "automatic" ? flow.steps : supervised(flow).steps;
  const input = await readInput(parts, flow, values);
  await parts.assertRoom(by);
  const runId = parts.newId();
  const { subject, lock } = await nameOf(parts, flow, input);
  const now = parts.clock.now();
  const recorded = await parts.store.createRun(
    {
      id: runId,
      workflowId,
      title: flow.title,
      subject,
      mode,
      input,
      values: withoutSecrets(values, flow),
      secrets: sealedSecrets(values, flow, runId, parts),
      lock,
      createdAt: now,
      createdBy: by,
      starter,
      wakeAt: now,
      former,
    },
    steps.map(newStep),
    [{ type: "run.created", by }],
  );
  parts.feed.tell(recorded);
  parts.wake();
  return { runId };
};

type ReadParts = Pick<EngineParts, "clock" | "log" | "limits">;

/** What was typed into the start form, as the workflow reads it. Throws AppError("bad-input") with the field. */
export const readInput = (parts: ReadParts, flow: Workflow, values: Values): Promise<unknown> =>
  askAuthor(parts, {
    of: flow.title,
    name: "read",
    shape: json,
    limitMs: parts.limits.read,
    run: () => flow.start.read(values),
  });

/** How a run with this input is told from others, and what it locks. */
export const nameOf = async (
  parts: ReadParts,
  flow: Workflow,
  input: unknown,
): Promise<{ subject: string; lock: string | null }> => {
  const call = { of: flow.title, limitMs: parts.limits.words };
  const subject = { ...call, name: "subject", shape: words, run: () => flow.start.subject(input, {}) };
  const lock = { ...call, name: "lock", shape: wordsOrNone, run: () => flow.start.lock?.(input) ?? null };
  return { subject: await askAuthor(parts, subject), lock: await askAuthor(parts, lock) };
};

/** A step as a new run has it. */
export const newStep = (definition: StepDefinition): NewStep => ({
  id: definition.id,
  kind: definition.kind,
  title: definition.title,
  weightMs: definition.kind === "ask" ? 0 : (definition.weightMs ?? unknownWeightMs),
  skippable: definition.skippable ?? null,
  undoable: definition.kind !== "ask" && definition.undo !== undefined,
});

/** What was typed to start a run, without the secrets. */
export const withoutSecrets = (values: Values, flow: Workflow): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !flow.start.secrets.includes(name)));

/** The secrets that were typed, sealed for this run; null when there are none. */
export const sealedSecrets = (
  values: Values,
  flow: Workflow,
  runId: string,
  { secrets }: { secrets: Secrets },
): Record<string, string> | null => {
  const given = flow.start.secrets
    .map((name) => [name, textOf(values, name)] as const)
    .filter(([, text]) => text !== "");
  if (given.length === 0) return null;
  return Object.fromEntries(given.map(([name, text]) => [name, secrets.seal(text, secretOwner(runId))]));
};

/** The secrets of a run, opened. */
export const openSecrets = (run: Pick<Run, "id" | "secrets">, secrets: Secrets): Record<string, string> =>
  Object.fromEntries(
    Object.entries(run.secrets ?? {}).map(([name, sealed]) => [
      name,
      secrets.open(sealed, secretOwner(run.id)),
    ]),
  );
