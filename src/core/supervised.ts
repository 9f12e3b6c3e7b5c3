import { type Approved, approval } from "./approval.ts";
import type { Field } from "./form.ts";
import type { RunMode } from "./run.ts";
import { Skip } from "./skip.ts";
import type { Step } from "./step.ts";
import type { AskContext, DoContext } from "./step-context.ts";
import type { DoOptions, Planned, Results, StepDefinition, Workflow } from "./workflow.ts";

type DoDefinition = Extract<StepDefinition, { kind: "do" }>;

/** The id of the question that comes before a step of a supervised run; no step of an author's can have an underscore in its id. */
export const approvalOf = (stepId: string): string => `approve_${stepId}`;

/** As runs were given it before; theirs go on under these ids. */
const formerApprovalOf = (stepId: string): string => `approve-${stepId}`;

/** What tells a question before a step from others. */
type Placed = Pick<Step, "id" | "kind">;

/** Whether this step of a run is such a question; it counts as part of the step after it. */
export const isGoAhead = (mode: RunMode, steps: readonly Placed[], index: number): boolean => {
  const [step, next] = [steps[index], steps[index + 1]];
  if (mode !== "supervised" || step?.kind !== "ask" || next?.kind !== "do") return false;
  return step.id === approvalOf(next.id) || step.id === formerApprovalOf(next.id);
};

/** The number of each step as people count them, and how many there are: questions before a step have its number. */
export const numbered = (
  mode: RunMode,
  steps: readonly Placed[],
): { numbers: readonly number[]; total: number } => {
  let total = 0;
  const numbers = steps.map((_, index) => (isGoAhead(mode, steps, index) ? total + 1 : ++total));
  return { numbers, total };
};

/**
 * The same workflow with a go-ahead asked for before each step that does something. `known` are the steps of a run under way, whose
 * questions may have ids of the former kind.
 */
export const supervised = (flow: Workflow, known: readonly Placed[] = []): Workflow => {
  const former = known.some((_, at) => isGoAhead("supervised", known, at) && !known[at]?.id.includes("_"));
  const idOf = former ? formerApprovalOf : approvalOf;
  return {
    ...flow,
    steps: flow.steps.flatMap((step) =>
      step.kind === "do" ? [goAhead(step, idOf(step.id)), obedient(step, idOf(step.id))] : [step],
    ),
  };
};

type GivenGoAhead = Approved & { skip?: true };

const goAhead = (step: DoDefinition, id: string): StepDefinition => {
  const question = approval<unknown, Results>({
    about: async (ctx) => ({
      what: `Next comes “${step.title}”.`,
      risk: stakesOf(step) === "medium" ? "medium" : "low",
      impact: [
        impacts[stakesOf(step)],
        ...(step.skippable === undefined ? [] : [`It can be left out: ${step.skippable}`]),
      ],
      shown: await shownPlan(step, ctx),
    }),
  });
  return {
    ...question,
    kind: "ask",
    id,
    title: `Go ahead: ${step.title}`,
    form: async (ctx) => {
      const form = await question.form(ctx);
      if (form instanceof Skip || step.skippable === undefined) return form;
      const skip = { does: "answer", value: "skip", label: "Leave it out" } as const;
      return { ...form, buttons: [skip, ...(form.buttons ?? [])] };
    },
    read: async (values, { press, ...ctx }) => {
      const leaveOut = press === "skip" && step.skippable !== undefined;
      const given = await question.read(values, leaveOut || press === undefined ? ctx : { ...ctx, press });
      return leaveOut ? { ...(given as Approved), skip: true } : given;
    },
    detail: (given) => {
      const { skip, by } = given as GivenGoAhead;
      return skip === true ? `Left out by ${by}` : (question.detail?.(given as Approved) ?? "");
    },
  };
};

const impacts = {
  none: "It only reads; nothing is changed.",
  low: "Milepost can undo this step.",
  medium: "Milepost cannot undo this step.",
} as const;

const stakesOf = ({ readsOnly, undo }: DoDefinition): keyof typeof impacts =>
  readsOnly === true ? "none" : undo === undefined ? "medium" : "low";

/** The step as it is, but for one that a person left out. */
const obedient = (step: DoDefinition, questionId: string): DoDefinition => {
  const run: DoOptions<unknown, Results, unknown>["run"] = async (ctx: DoContext<unknown, Results>) => {
    const given = ctx.results[questionId] as GivenGoAhead | undefined;
    return given?.skip === true ? new Skip(`Left out by ${given.by}.`, undefined) : step.run(ctx);
  };
  return { ...step, run };
};

/** What the step says that it would do, as exactly as it can tell. */
const shownPlan = async (
  step: DoDefinition,
  ctx: AskContext<unknown, Results>,
): Promise<readonly Field[]> => {
  if (step.plan === undefined) return [];
  const plan: Planned<unknown> = await step.plan(ctx);
  if (plan.skip !== undefined) return [{ kind: "note", tone: "info", text: plan.skip }];
  return [{ kind: "code", label: "What it would do", text: plan.lines.map(({ text }) => text).join("\n") }];
};
