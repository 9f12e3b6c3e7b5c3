import { type Approved, approval } from "./approval.ts";
import type { Field } from "./form.ts";
import type { RunMode } from "./run.ts";
import { Skip } from "./special-answers.ts";
import type { AskContext, DoContext } from "./step-context.ts";
import type { DoOptions, Planned, Results, StepDefinition, Workflow } from "./workflow.ts";

type DoDefinition = Extract<StepDefinition, { kind: "do" }>;

/** The id of the question that comes before a step of a supervised run. */
export const approvalOf = (stepId: string): string => `approve-${stepId}`;

/** Whether a step of a run is such a question; it counts as part of the step that it belongs to. */
export const isGoAhead = (mode: RunMode, stepId: string): boolean =>
  mode === "supervised" && stepId.startsWith(approvalOf(""));

/** The number of each step as people count them, and how many there are: questions before a step have its number. */
export const numbered = (
  mode: RunMode,
  steps: readonly { id: string }[],
): { numbers: readonly number[]; total: number } => {
  let total = 0;
  const numbers = steps.map(({ id }) => (isGoAhead(mode, id) ? total + 1 : ++total));
  return { numbers, total };
};

/** The same workflow with a go-ahead asked for before each step that does something. */
export const supervised = (flow: Workflow): Workflow => ({
  ...flow,
  steps: flow.steps.flatMap((step) => (step.kind === "do" ? [goAhead(step), obedient(step)] : [step])),
});

type GivenGoAhead = Approved & { skip?: true };

const goAhead = (step: DoDefinition): StepDefinition => {
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
    id: approvalOf(step.id),
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
const obedient = (step: DoDefinition): DoDefinition => {
  const run: DoOptions<unknown, Results, unknown>["run"] = async (ctx: DoContext<unknown, Results>) => {
    const given = ctx.results[approvalOf(step.id)] as GivenGoAhead | undefined;
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
