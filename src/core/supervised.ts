import { type Approved, approval } from "./approval.ts";
import type { Field } from "./form.ts";
import type { RunMode } from "./run.ts";
import { Skip } from "./skip.ts";
import type { Step } from "./step.ts";
import type { AskContext } from "./step-context.ts";
import type { Planned, Results, StepDefinition, Workflow } from "./workflow.ts";

type Acting = Extract<StepDefinition, { kind: "do" | "wait" | "each" }>;

/** Whether a step does something, rather than only look or ask. */
const acts = (step: StepDefinition): step is Acting =>
  step.kind === "do" ||
  step.kind === "each" ||
  (step.kind === "wait" && (step.setsGoing === true || step.begin !== undefined));

/** The id of the question that comes before a step of a supervised run; no step of an author's can have an underscore in its id. */
export const approvalOf = (stepId: string): string => `approve_${stepId}`;

/** As runs were given it before; theirs go on under these ids. */
const formerApprovalOf = (stepId: string): string => `approve-${stepId}`;

/** What tells a question before a step from others. */
type Placed = Pick<Step, "id" | "kind">;

/** Whether this step of a run is such a question; it counts as part of the step after it. */
export const isGoAhead = (mode: RunMode, steps: readonly Placed[], index: number): boolean => {
  const [step, next] = [steps[index], steps[index + 1]];
  if (mode !== "supervised" || step?.kind !== "ask" || next === undefined) return false;
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
 * The same workflow with a go-ahead asked for before each step that does something; before each further wave of items the run pauses by itself
 * (engine/steps/next-wave.ts). `known` are the steps of a run under way, whose
 * questions may have ids of the former kind.
 */
export const supervised = (flow: Workflow, known: readonly Placed[] = []): Workflow => {
  const former = known.some((_, at) => isGoAhead("supervised", known, at) && !known[at]?.id.includes("_"));
  const idOf = former ? formerApprovalOf : approvalOf;
  return {
    ...flow,
    steps: flow.steps.flatMap((step) =>
      acts(step) ? [goAhead(step, idOf(step.id)), obedient(step, idOf(step.id))] : [step],
    ),
  };
};

type GivenGoAhead = Approved & { skip?: true };

const goAhead = (step: Acting, id: string): StepDefinition => {
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

const stakesOf = (step: Acting): keyof typeof impacts => {
  // Of what many runs do it is not said that all of it can be undone.
  if (step.kind === "each") return "medium";
  if (step.kind === "do" && step.readsOnly === true) return "none";
  return step.undo === undefined ? "medium" : "low";
};

/** The step as it is, but for one that a person left out. */
const obedient = (step: Acting, questionId: string): Acting => {
  const leftOutBy = ({ results }: { results: Results }): string | null => {
    const given = results[questionId] as GivenGoAhead | undefined;
    return given?.skip === true ? given.by : null;
  };
  const unlessLeftOut =
    <C extends { results: Results }, T>(work: (ctx: C) => Promise<T>) =>
    async (ctx: C): Promise<T | Skip<never>> => {
      const by = leftOutBy(ctx);
      return by === null ? work(ctx) : new Skip(`Left out by ${by}.`, undefined as never);
    };
  if (step.kind === "each") return { ...step, of: unlessLeftOut(async (ctx) => step.of(ctx)) };
  if (step.kind === "do") return { ...step, run: unlessLeftOut(step.run.bind(step)) };
  const begin = step.begin?.bind(step);
  return {
    ...step,
    look: unlessLeftOut(step.look.bind(step)),
    ...(begin === undefined ? {} : { begin: async (ctx) => (leftOutBy(ctx) === null ? begin(ctx) : null) }),
  };
};

/** What the step says that it would do, as exactly as it can tell. */
const shownPlan = async (step: Acting, ctx: AskContext<unknown, Results>): Promise<readonly Field[]> => {
  if (step.kind === "each") return shownList(step, ctx);
  if (step.plan === undefined) return [];
  const plan: Planned<unknown> = await step.plan(ctx);
  if (plan.skip !== undefined) return [{ kind: "note", tone: "info", text: plan.skip }];
  return [{ kind: "code", label: "What it would do", text: plan.lines.map(({ text }) => text).join("\n") }];
};

const listedAtMost = 20;

const shownList = async (
  step: Extract<Acting, { kind: "each" }>,
  ctx: AskContext<unknown, Results>,
): Promise<readonly Field[]> => {
  const list = await step.of(ctx);
  if (list instanceof Skip) return [{ kind: "note", tone: "info", text: list.reason }];
  const named = list.slice(0, listedAtMost).map(({ key, title = key }) => title);
  const more = list.length - named.length;
  const text = [...named, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
  return [{ kind: "code", label: `For each of these ${list.length}: ${step.flow.title}`, text }];
};
