import type { Change } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import { filled } from "#core/filled.ts";
import { type Field, type Form, textOf, type Values } from "#core/form.ts";
import type { NextInput, RunWithSteps } from "#core/run.ts";
import type { RunState } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import type { StepDefinition, Workflow } from "#core/workflow.ts";
import { findWorkflow, flowOf } from "./definition.ts";
import { goneBack } from "./go-back.ts";
import { openSecrets, sealedSecrets, secretsOf, withoutSecrets } from "./start-secrets.ts";
import { act, assertAtRest, findRun, type VerbDeps } from "./verb.ts";

const states: readonly RunState[] = ["failed", "paused", "asking", "waiting", "cancelled", "undone"];

/** What another input means for a run under way. */
export interface Modification {
  /** The fields that are not what they were. */
  changed: readonly string[];
  /** Steps whose results no longer hold, in order; the first of them is where the run goes on. */
  invalid: readonly { id: string; title: string; undone: boolean }[];
}

/** What changing the input would do; nothing is changed. Secrets that are left empty stay as they are. */
export const previewModify = async (deps: VerbDeps, runId: string, values: Values): Promise<Modification> => {
  const before = await findRun(deps, runId);
  assertAtRest(before, deps.clock.now(), states, "change its input");
  const { changed, invalid } = await compare(deps, before, values);
  return {
    changed,
    invalid: invalid.map(({ id, title, state, undoable }) => ({
      id,
      title,
      undone: undoable && (state === "completed" || state === "failed"),
    })),
  };
};

/**
 * Gives the run another input. What it made in the steps that rest on the changed fields is undone first; then it goes on from the
 * first of them. Steps that rest on other fields keep their results.
 */
export const modify = async (deps: VerbDeps, runId: string, values: Values, by: string): Promise<void> => {
  const before = await findRun(deps, runId);
  const { flow, input, changed, invalid, whole } = await compare(deps, before, values);
  if (changed.length === 0) {
    throw new AppError("bad-input", "The input is what it was, so nothing was changed.");
  }
  await act(deps, runId, (now, at) => {
    assertAtRest(now, at, states, "change its input");
    if (now.run.version !== before.run.version) {
      throw new AppError("conflict", "The run has gone on meanwhile. Look at it, then change its input.");
    }
    const target = invalid[0] ?? now.steps.find((step) => !isDone(step));
    const because = "what rests on the old input is removed";
    const on: Change = target === undefined ? { events: [] } : goneBack(now, target, because, by, at);
    const next: NextInput = {
      input,
      values: withoutSecrets(values, flow),
      secrets: sealedSecrets(whole, flow, runId, deps),
      subject: flow.start.subject(input, {}),
    };
    const lock = flow.start.lock?.(input) ?? null;
    return {
      ...on,
      run: { ...on.run, lock, ...(on.run?.state === "undoing" ? { nextInput: next } : next) },
      events: [{ type: "run.modified", by, changed }, ...on.events],
    };
  });
};

/** The start form as the run was started. Empty secrets stay as they are, so they need not be typed again. */
export const inputForm = async (
  deps: VerbDeps,
  runId: string,
  draft?: Values,
  press?: string,
): Promise<Form> => {
  const { run } = await findRun(deps, runId);
  const flow = findWorkflow(deps.workflows, run.workflowId);
  const form = await flow.start.form({
    signal: AbortSignal.timeout(60_000),
    draft: draft ?? run.values,
    ...(press === undefined ? {} : { press }),
  });
  const kept = new Set(Object.keys(run.secrets ?? {}));
  const shown = filled(form, draft ?? run.values);
  return { ...shown, fields: shown.fields.map((field) => secretKept(field, kept)) };
};

const secretKept = (field: Field, kept: ReadonlySet<string>): Field =>
  field.kind === "text" && field.secret === true && kept.has(field.name)
    ? { ...field, required: false, value: "", help: "Leave it empty to keep the one that was given." }
    : field;

const isDone = ({ state }: Step): boolean => state === "completed" || state === "skipped";

const compare = async (deps: VerbDeps, now: RunWithSteps, values: Values) => {
  const { run, steps } = now;
  const flow = flowOf(deps.workflows, now);
  if (flow === undefined)
    throw new AppError("workflow-changed", "The workflow of this run is no longer there.");
  const old = openSecrets(run, deps.secrets);
  const whole = { ...values, ...keptSecrets(flow, values, old) };
  const input = await flow.start.read(whole);
  const fields = [
    ...changedKeys(run.input, input),
    ...secretsOf(flow).filter((name) => textOf(whole, name) !== (old[name] ?? "")),
  ];
  const first = steps.find((step) => step.state !== "pending" && restsOn(flow, step, fields));
  const invalid =
    first === undefined
      ? []
      : steps.filter((step) => step.position >= first.position && step.state !== "pending");
  return { flow, input, whole, changed: fields, invalid };
};

const keptSecrets = (flow: Workflow, values: Values, old: Readonly<Record<string, string>>): Values =>
  Object.fromEntries(
    secretsOf(flow).flatMap((name) =>
      textOf(values, name) === "" && old[name] !== undefined ? [[name, old[name]]] : [],
    ),
  );

const restsOn = (flow: Workflow, step: Step, fields: readonly string[]): boolean => {
  const definition: StepDefinition | undefined = flow.steps.find((one) => one.id === step.id);
  const { uses } = definition ?? {};
  return fields.length > 0 && (uses === undefined || uses.some((field) => fields.includes(field)));
};

const changedKeys = (before: unknown, after: unknown): string[] => {
  const [old, fresh] = [asObject(before), asObject(after)];
  const keys = new Set([...Object.keys(old), ...Object.keys(fresh)]);
  return [...keys].filter((key) => JSON.stringify(old[key]) !== JSON.stringify(fresh[key]));
};

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : { input: value };
