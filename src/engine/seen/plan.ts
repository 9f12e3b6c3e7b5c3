import { frozenList } from "#core/each.ts";
import { AppError, toAppError } from "#core/errors.ts";
import { textOf, type Values } from "#core/form.ts";
import { ownerId } from "#core/people.ts";
import type { PlannedStep, RunPlan } from "#core/plan.ts";
import type { PlanLine } from "#core/plan-line.ts";
import { says } from "#core/plan-line.ts";
import type { Size } from "#core/run.ts";
import { Skip } from "#core/skip.ts";
import type { Step } from "#core/step.ts";
import type { StepContext } from "#core/step-context.ts";
import { type RunLeft, timeLeft } from "#core/time-left/time-left.ts";
import type { Results, StepDefinition, Workflow } from "#core/workflow.ts";
import { askAuthor } from "#engine/author.ts";
import { findWorkflow, isUndoable } from "#engine/definition.ts";
import type { EngineParts } from "#engine/parts.ts";
import { list, planned, question } from "#engine/shapes.ts";
import { sizeOf } from "#engine/size.ts";
import { nameOf, readInput } from "#engine/verbs/start.ts";
import { notBegun } from "./not-begun.ts";

/** What stands for the id of a run that does not exist yet. */
const noRun = "new-run";

/** The dry run: what each step would do with this input. Reads are made, nothing is changed, no run is kept. */
export const plan = async (
  parts: PlanParts,
  workflowId: string,
  values: Values,
  personId = ownerId,
): Promise<RunPlan> => {
  const flow = findWorkflow(parts.workflows, workflowId);
  const input = await readInput(parts, flow, values);
  await parts.assertMayUse(personId, input);
  const signal = AbortSignal.timeout(parts.limits.plan);
  const secret = (name: string) => typedSecret(flow, values, name);
  const { steps, results } = await planSteps(parts, flow, { input, signal, secret });
  const { subject } = await nameOf(parts, flow, input);
  const told = await takes(parts, flow, steps, await sizeOf(parts, flow, input, results));
  return {
    workflowId,
    title: flow.title,
    subject,
    steps: steps.map((step) => ({ ...step, takes: told.steps.get(step.id) ?? null })),
    takes: told.run,
  };
};

type Given = Pick<StepContext<unknown, Results>, "input" | "signal" | "secret">;
type Steps = Omit<PlannedStep, "takes">[];

const planSteps = async (
  parts: PlanParts,
  flow: Workflow,
  given: Given,
): Promise<{ steps: Steps; results: Results }> => {
  const results: Record<string, unknown> = {};
  const steps: Steps = [];
  let missing: string | null = null;
  for (const [index, step] of flow.steps.entries()) {
    const now = () => parts.clock.now();
    const context: StepContext<unknown, Results> = { ...given, runId: noRun, stepId: step.id, results, now };
    const told: Told = missing === null ? await tell(step, context, parts) : unknownSince(missing);
    if ("result" in told) results[step.id] = told.result;
    if (told.missing !== null) missing = told.missing;
    steps.push({
      id: step.id,
      number: index + 1,
      kind: step.kind,
      title: step.title,
      lines: told.lines,
      skip: told.skip,
      unknown: told.unknown,
      readsOnly: step.kind === "do" && step.readsOnly === true,
      undoable: isUndoable(step, given.input),
    });
  }
  return { steps, results };
};

type PlanParts = Pick<EngineParts, "workflows" | "clock" | "log" | "limits" | "history" | "assertMayUse">;

/** How long a run that goes as planned would take. */
const takes = async (
  { history }: PlanParts,
  { id, steps: definitions }: Workflow,
  planned: readonly Pick<PlannedStep, "id" | "skip">[],
  size: Size | null,
): Promise<RunLeft> => {
  const skipped = new Set(planned.filter(({ skip }) => skip !== null).map((step) => step.id));
  const steps = definitions.map((definition, position): Step => {
    const step = notBegun(definition, position);
    return skipped.has(step.id) ? { ...step, state: "skipped" } : step;
  });
  return timeLeft(steps, await history.of(id), new Map(), size);
};

interface Told extends Pick<PlannedStep, "lines" | "skip" | "unknown"> {
  /** Why the steps after this one cannot be told; null when they can. */
  missing: string | null;
  result?: unknown;
}

const unknownSince = (missing: string): Told => ({ lines: [], skip: null, unknown: missing, missing });

const tell = async (
  step: StepDefinition,
  context: StepContext<unknown, Results>,
  parts: PlanParts,
): Promise<Told> => {
  if (step.kind === "ask" && step.assumed !== undefined) return tellApproval(step, context, parts);
  if (step.kind === "ask") {
    const words = { kind: "words", text: "Asks a person and waits for the answer." } as const;
    return {
      lines: [words],
      skip: null,
      unknown: null,
      missing: `It depends on the answer to “${step.title}”.`,
    };
  }
  if (step.kind === "each") return tellEach(step, context, parts);
  const { plan: tellPlan } = step;
  if (tellPlan === undefined) {
    return {
      lines: [],
      skip: null,
      unknown: "This step cannot tell beforehand what it would do.",
      missing: `It depends on what comes out of “${step.title}”.`,
    };
  }
  try {
    const limitMs = parts.limits.plan;
    const call = { of: step.title, name: "plan", shape: planned, limitMs };
    const {
      lines,
      skip = null,
      result,
    } = await askAuthor(parts, { ...call, run: () => tellPlan.call(step, context) });
    return { lines, skip, unknown: null, missing: null, result };
  } catch (thrown) {
    return context.signal.aborted ? tooSlow(parts.limits.plan, step) : wouldFail(thrown, step);
  }
};

/** A look that was broken off for its time says nothing of what a run would meet. */
const tooSlow = (limitMs: number, { title }: StepDefinition): Told =>
  unknownSince(
    `The plan has ${Math.round(limitMs / 1_000)} s, and they were over at “${title}”; a run has more time.`,
  );

const wouldFail = (thrown: unknown, { title }: StepDefinition): Told => ({
  lines: [],
  skip: null,
  unknown: `As things are it would fail: ${toAppError(thrown).message}`,
  missing: `The run would have stopped at “${title}”.`,
});

/** What a person would be asked to agree to; the plan goes on as if they did. */
const tellApproval = async (
  step: Extract<StepDefinition, { kind: "ask" }>,
  context: StepContext<unknown, Results>,
  parts: PlanParts,
): Promise<Told> => {
  const told = { skip: null, unknown: null, missing: null, result: step.assumed };
  try {
    const call = { of: step.title, name: "form", shape: question, limitMs: parts.limits.plan };
    const form = await askAuthor(parts, { ...call, run: () => step.form(context) });
    if (form instanceof Skip) return { ...told, lines: [], skip: form.reason, result: form.result };
    const impact = form.fields.flatMap((field) => (field.kind === "approval" ? field.impact : []));
    return {
      ...told,
      lines: [says("Asks a person to agree. What follows is told as if they did."), ...impact.map(says)],
    };
  } catch (thrown) {
    return wouldFail(thrown, step);
  }
};

/** So many items are planned in full; the others are like these. */
const plannedItems = 3;

const tellEach = async (
  step: Extract<StepDefinition, { kind: "each" }>,
  context: StepContext<unknown, Results>,
  parts: PlanParts,
): Promise<Told> => {
  const missing = `It depends on what comes out of “${step.title}”.`;
  try {
    const call = { of: step.title, name: "of", shape: list, limitMs: parts.limits.plan };
    const found = await askAuthor(parts, { ...call, run: () => step.of(context) });
    if (found instanceof Skip)
      return { lines: [], skip: found.reason, unknown: null, missing: null, result: [] };
    const items = frozenList(found, ["rest"]);
    const lines: PlanLine[] = [says(`${items.length} ${step.what ?? "items"}.`)];
    for (const { title, input } of items.slice(0, plannedItems)) {
      const { steps } = await planSteps(parts, step.flow, { ...context, input });
      for (const one of steps) {
        lines.push(says(`${title}: ${one.title}${one.skip === null ? "" : ` (${one.skip})`}`));
        lines.push(...one.lines, ...(one.unknown === null ? [] : [says(one.unknown)]));
      }
    }
    if (items.length > plannedItems) lines.push(says(`And ${items.length - plannedItems} like these.`));
    return { lines, skip: null, unknown: null, missing };
  } catch (thrown) {
    return {
      ...unknownSince(missing),
      unknown: `As things are it would fail: ${toAppError(thrown).message}`,
    };
  }
};

const typedSecret = (flow: Workflow, values: Values, name: string): string => {
  const text = flow.start.secrets.includes(name) ? textOf(values, name) : "";
  if (text !== "") return text;
  throw new AppError("bad-input", `The secret “${name}” is missing. Enter it, then look at the plan again.`, {
    field: name,
  });
};
