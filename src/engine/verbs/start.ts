import type { Cause } from "#core/cause.ts";
import { AlreadyStarted, type Given, type Recorded } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import { textOf, type Values } from "#core/form.ts";
import { ownerId } from "#core/people.ts";
import type { FormerAnswers, Run, RunMode } from "#core/run.ts";
import { type Secrets, secretOwner } from "#core/secrets.ts";
import type { NewStep } from "#core/step.ts";
import type { Once } from "#core/store.ts";
import { supervised } from "#core/supervised.ts";
import type { NewFiring } from "#core/trigger.ts";
import type { StepDefinition, Workflow } from "#core/workflow.ts";
import { askAuthor } from "#engine/author.ts";
import { findWorkflow, isUndoable } from "#engine/definition.ts";
import type { EngineParts } from "#engine/parts.ts";
import { json, words, wordsOrNone } from "#engine/shapes.ts";
import { sizeOf } from "#engine/size.ts";

/** Before any history and without an author's guess, a step counts as this long. */
const unknownWeightMs = 1_000;

export interface Started {
  runId: string;
  /** It had been started under this key before. */
  again?: true;
}

export interface Starting {
  mode?: RunMode | undefined;
  /** The person, by id. Default: the owner. */
  starter?: string | undefined;
  /** What another run was answered. */
  former?: FormerAnswers | null | undefined;
  /** Makes it one run, however often the same person asks under it. */
  key?: string | null | undefined;
  /** What makes it start by itself. */
  cause?: Cause | null | undefined;
  /** Kept in the same commit, and once: of one firing comes one run. */
  firing?: NewFiring | null | undefined;
}

/**
 * Accepts a run: it is in the store, with all its steps, before this answers. Throws AppError("key-reused") when something else was asked
 * for under the same key; secrets are not compared.
 */
export const start = async (
  parts: EngineParts,
  workflowId: string,
  values: Values,
  by: string,
  {
    mode = "automatic",
    starter = ownerId,
    former = null,
    key = null,
    cause = null,
    firing = null,
  }: Starting = {},
): Promise<Started> => {
  const flow = findWorkflow(parts.workflows, workflowId);
  const once = key === null ? null : { key, asked: askedFor(flow, values, mode) };
  const given = once === null ? null : await parts.store.startedBy(starter, once.key);
  if (given !== null) return sameRun(given, once);
  const steps = mode === "automatic" ? flow.steps : supervised(flow).steps;
  const input = await readInput(parts, flow, values);
  await parts.assertMayUse(starter, input);
  await parts.assertRoom({ starter, by });
  const runId = parts.newId();
  const { subject, lock } = await nameOf(parts, flow, input);
  const size = await sizeOf(parts, flow, input, {});
  const now = parts.clock.now();
  const recording: Promise<Recorded | Given> = parts.store
    .createRun(
      {
        id: runId,
        workflowId,
        code: flow.code ?? null,
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
        privates: privatesOf(former),
        cause,
        size,
      },
      steps.map((step) => newStep(step, input)),
      [{ type: "run.created", by }],
      once,
      firing,
    )
    .catch((error: unknown) => {
      if (error instanceof AlreadyStarted) return error.given;
      throw error;
    });
  // A worker that is free claims it in the same commit.
  parts.wake();
  const recorded = await recording;
  if ("asked" in recorded) return sameRun(recorded, firing ?? once);
  parts.feed.tell(recorded);
  return { runId };
};

const privatesOf = (former: FormerAnswers | null): readonly string[] | null => {
  const texts = new Set(Object.values(former ?? {}).flatMap(({ privates = [] }) => privates));
  return texts.size === 0 ? null : [...texts];
};

/** What was asked for, however its fields were ordered. */
const askedFor = (flow: Workflow, values: Values, mode: RunMode): string =>
  JSON.stringify([flow.id, mode, Object.entries(withoutSecrets(values, flow)).sort(byName)]);

const byName = ([one]: [string, unknown], [other]: [string, unknown]): number => (one < other ? -1 : 1);

const sameRun = ({ runId, asked }: Given, once: Pick<Once, "asked"> | null): Started => {
  if (asked === once?.asked) return { runId, again: true };
  throw new AppError(
    "key-reused",
    "Something else was started under this Idempotency-Key before. Take a new key for each run that you want.",
    { runId },
  );
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

/** A step as a new run with this input has it. */
export const newStep = (definition: StepDefinition, input?: unknown): NewStep => ({
  id: definition.id,
  kind: definition.kind,
  title: definition.title,
  weightMs: definition.kind === "ask" ? 0 : (definition.weightMs ?? unknownWeightMs),
  skippable: definition.skippable ?? null,
  undoable: isUndoable(definition, input),
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
