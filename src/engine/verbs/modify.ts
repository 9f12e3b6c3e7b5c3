import { AppError } from "#core/errors.ts";
import { filled } from "#core/filled.ts";
import { type Field, type Form, textOf, type Values } from "#core/form.ts";
import { ownerId } from "#core/people.ts";
import { assertMay, isMade } from "#core/rules.ts";
import type { NextInput, RunWithSteps } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import type { StepDefinition, Workflow } from "#core/workflow.ts";
import { askAuthor } from "#engine/author.ts";
import { findRun, flowOf, undoableWith, workflowOf } from "#engine/definition.ts";
import { goneBack } from "#engine/moves/back.ts";
import type { EngineParts } from "#engine/parts.ts";
import { form as formShape } from "#engine/shapes.ts";
import { act } from "./act.ts";
import { nameOf, openSecrets, readInput, sealedSecrets, withoutSecrets } from "./start.ts";

/** What another input means for a run under way. */
export interface Modification {
  /** The fields that are not what they were. */
  changed: readonly string[];
  /** Steps whose results no longer hold, in order; the first of them is where the run goes on. */
  invalid: readonly { id: string; title: string; undone: boolean }[];
}

/** What changing the input would do; nothing is changed. Secrets that are left empty stay as they are. */
export const previewModify = async (
  parts: EngineParts,
  runId: string,
  values: Values,
): Promise<Modification> => {
  const before = await findRun(parts, runId);
  assertMay("modify", before);
  const { changed, invalid } = await compare(parts, before, values);
  return {
    changed,
    invalid: invalid.map((step) => ({ id: step.id, title: step.title, undone: isMade(step) })),
  };
};

/**
 * Gives the run another input. What it made in the steps that rest on the changed fields is undone first; then it goes on from the
 * first of them. Steps that rest on other fields keep their results.
 */
export const modify = async (
  parts: EngineParts,
  runId: string,
  values: Values,
  by: string,
  personId = ownerId,
): Promise<void> => {
  const before = await findRun(parts, runId);
  assertMay("modify", before);
  const { flow, input, changed, invalid, whole } = await compare(parts, before, values);
  await parts.assertMayUse(personId, input);
  if (changed.length === 0) {
    throw new AppError("bad-input", "The input is what it was, so nothing was changed.");
  }
  const { subject, lock } = await nameOf(parts, flow, input);
  const secrets = sealedSecrets(whole, flow, runId, parts);
  const next: NextInput = { input, values: withoutSecrets(values, flow), secrets, subject };
  await act(
    parts,
    "modify",
    runId,
    (now, at) => {
      if (now.run.version !== before.run.version) {
        throw new AppError("conflict", "The run has gone on meanwhile. Look at it, then change its input.");
      }
      const target = invalid[0] ?? now.steps.find((step) => !isStepDone(step.state));
      const because = "what rests on the old input is removed";
      const on = target === undefined ? {} : goneBack(now, target, because, by, at);
      const changers = [...new Set([...(now.run.changers ?? []), personId])];
      const begunAnew = on.run?.state === "undoing" ? [] : undoableWith(flow, now.steps, input);
      return {
        ...on,
        steps: [...(on.steps ?? []), ...begunAnew],
        run: { ...on.run, lock, changers, ...(on.run?.state === "undoing" ? { nextInput: next } : next) },
        facts: [{ type: "run.modified", by, changed }, ...(on.facts ?? [])],
      };
    },
    before,
  );
};

/**
 * The start form as the run was started. Secrets that are left empty stay as they are; one that was just typed stands in it again, as all else
 * that was typed, so that a look at what it changes does not lose it.
 */
export const inputForm = async (
  parts: EngineParts,
  runId: string,
  draft?: Values,
  press?: string,
): Promise<Form> => {
  const { run } = await findRun(parts, runId);
  const flow = workflowOf(parts.workflows, run);
  const form = await startForm(parts, flow, draft ?? run.values, press);
  const kept = new Set(Object.keys(run.secrets ?? {}));
  const shown = filled(form, draft ?? run.values);
  return { ...shown, fields: shown.fields.map((field) => secretKept(field, kept)) };
};

/** The form that starts a run; `draft` and `press` redraw it. */
export const startForm = (
  parts: Pick<EngineParts, "clock" | "log" | "limits">,
  flow: Workflow,
  draft?: Values,
  press?: string,
): Promise<Form> =>
  askAuthor(parts, {
    of: flow.title,
    name: "form",
    shape: formShape,
    limitMs: parts.limits.draw,
    run: (signal) =>
      flow.start.form({
        signal,
        ...(draft === undefined ? {} : { draft }),
        ...(press === undefined ? {} : { press }),
      }),
  });

const secretKept = (field: Field, kept: ReadonlySet<string>): Field => {
  if (field.kind === "group" || field.kind === "row")
    return { ...field, fields: field.fields.map((one) => secretKept(one, kept)) };
  return field.kind === "text" && field.secret === true && kept.has(field.name)
    ? { ...field, required: false, help: "Leave it empty to keep the one that was given." }
    : field;
};

const compare = async (parts: EngineParts, now: RunWithSteps, values: Values) => {
  const { run, steps } = now;
  const flow = flowOf(parts.workflows, now);
  if (flow === undefined)
    throw new AppError(
      "workflow-changed",
      "The workflow of this run is no longer there, so its input cannot be changed. Put its file back, or cancel the run.",
    );
  const old = openSecrets(run, parts.secrets);
  const whole = { ...values, ...keptSecrets(flow, values, old) };
  const input = await readInput(parts, flow, whole);
  const fields = [
    ...changedKeys(run.input, input),
    ...flow.start.secrets.filter((name) => textOf(whole, name) !== (old[name] ?? "")),
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
    flow.start.secrets.flatMap((name) =>
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
