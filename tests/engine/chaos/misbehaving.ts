import fc from "fast-check";
import { AppError } from "#core/errors.ts";
import { text } from "#core/field-kinds.ts";
import { GoBack } from "#core/go-back.ts";
import { Reject } from "#core/reject.ts";
import { Skip } from "#core/skip.ts";
import { start } from "#core/start.ts";
import type { StepDefinition, Workflow } from "#core/workflow.ts";
import { workflow } from "#core/workflow.ts";

/** What an author's function may do when it is called; the right thing comes up most. */
const misdeed = fc.constantFrom("throws", "rejects", "wrong", "date", "circle", "hangs");
const passing = fc.constantFrom("unreachable", "busy for no time");
const well = fc.constant("well");
const mostlyWell = <T>(other: fc.Arbitrary<T>, times = 4) =>
  fc.oneof({ weight: times, arbitrary: well }, { weight: 1, arbitrary: other });

/** How a function acts call by call; the last stays. */
const acts = (other: fc.Arbitrary<string>) => fc.array(mostlyWell(other, 2), { minLength: 1, maxLength: 3 });

const doStep = fc.record({
  kind: fc.constant("do" as const),
  run: acts(fc.oneof(misdeed, passing, fc.constantFrom("refused", "skips", "skips oddly", "reports oddly"))),
  detail: mostlyWell(misdeed, 8),
  claim: fc.constantFrom("none", "ask", "safe", "looks", "looks wrongly"),
  undo: fc.oneof(fc.constant(null), acts(fc.constantFrom("throws", "rejects", "hangs", "unreachable"))),
  skippable: fc.boolean(),
  slow: fc.boolean(),
});
const waitStep = fc.record({
  kind: fc.constant("wait" as const),
  look: acts(
    fc.oneof(misdeed, passing, fc.constantFrom("waits", "waits", "waits oddly", "refused", "skips")),
  ),
  detail: mostlyWell(misdeed, 8),
  paused: fc.constantFrom(null, "says", "well", "throws", "hangs"),
  onCancel: fc.constantFrom(null, "well", "throws", "hangs"),
  undo: fc.oneof(fc.constant(null), acts(fc.constantFrom("throws", "hangs"))),
  skippable: fc.boolean(),
});
const askStep = fc
  .record({
    kind: fc.constant("ask" as const),
    form: acts(fc.oneof(misdeed, passing, fc.constantFrom("skips"))),
    read: acts(fc.oneof(misdeed, fc.constantFrom("bad answer", "rejected", "back", "back to nowhere"))),
    detail: mostlyWell(misdeed, 8),
    late: fc.constantFrom(null, null, "rejects", "answers"),
    skippable: fc.boolean(),
  })
  // An author may have it ask for ever, by what holds without an answer; that would be right.
  .map((step) => ({
    ...step,
    read: step.read.map((how) => (how === "back" && step.late === "answers" ? "rejected" : how)),
  }));

/** A workflow of an author who makes every mistake there is. */
export const misbehaving = fc.record({
  steps: fc.array(fc.oneof(doStep, waitStep, askStep), { minLength: 1, maxLength: 4 }),
  hands: mostlyWell(misdeed, 6),
  subject: mostlyWell(misdeed, 8),
  onFailure: fc.oneof(fc.constantFrom("stop", "undo", "undo"), mostlyWell(misdeed)),
});
export type Misbehaving = typeof misbehaving extends fc.Arbitrary<infer T> ? T : never;
type StepPlan = Misbehaving["steps"][number];

/** What was done outside: how often by step, whatever died here. */
export type Outside = Map<string, number>;

const hang = () => new Promise<never>(() => {});
const circle = (): object => {
  const it: Record<string, unknown> = {};
  it.self = it;
  return it;
};

const act = (how: string, right: unknown): unknown => {
  switch (how) {
    case "throws":
      throw new TypeError("x is not a function");
    case "rejects":
      return Promise.reject(Object.create(null));
    case "wrong":
      return Symbol("wrong");
    case "date":
      return new Date(0);
    case "circle":
      return circle();
    case "hangs":
      return hang();
    case "unreachable":
      throw new AppError("unreachable", "Not there.");
    case "busy for no time":
      throw new AppError("remote-busy", "Busy.", { retryAfterMs: Number.NaN });
    case "refused":
      throw new AppError("remote-refused", "No.");
    case "skips":
      return new Skip("Nothing to do.", null);
    case "skips oddly":
      return new Skip({} as string, null);
    case "waits":
      return { waiting: "BUSY", progress: { done: 1, total: 2, what: "rows" } };
    case "waits oddly":
      return { waiting: "BUSY", nextInMs: -5 };
    case "bad answer":
      throw new AppError("bad-answer", "Not this.", { field: "a" });
    case "rejected":
      return new Reject("");
    case "back":
      return new GoBack("s0");
    case "back to nowhere":
      return new GoBack("nowhere");
    default:
      return right;
  }
};

/** Each call in turn, the last one again and again. `calls` outlives the process, as the other side does. */
const inTurn = (calls: Map<string, number>, name: string, acts: readonly string[], right: unknown) => {
  const n = calls.get(name) ?? 0;
  calls.set(name, n + 1);
  return act(acts[Math.min(n, acts.length - 1)] ?? "well", right);
};

/** The workflow, as one server process loads it; effects and calls are counted outside of it. */
export const build = (plan: Misbehaving, outside: Outside, calls: Map<string, number>): Workflow => {
  const whole = workflow(
    "chaos",
    "Chaos",
    "For tests.",
    start({ fields: [text("a", "A")], subject: () => "subject" }),
  )
    .do("s0", "S0", { run: async () => null })
    .hands(() => ({ sentence: "" }));
  let asked = 0;
  return {
    ...whole,
    start: {
      ...whole.start,
      // What starts the run is not what is tried here.
      subject: () => (asked++ === 0 ? "subject" : (act(plan.subject, "subject") as string)),
      onFailure: () => act(plan.onFailure, plan.onFailure) as "undo",
    },
    steps: plan.steps.map((step, index) => toStep(step, `s${index}`, outside, calls)),
    outcome: () => act(plan.hands, { sentence: "Done." }) as { sentence: string },
  };
};

const toStep = (step: StepPlan, id: string, outside: Outside, calls: Map<string, number>): StepDefinition => {
  const turn = (name: string, acts: readonly string[], right: unknown) =>
    inTurn(calls, `${id} ${name}`, acts, right);
  const all = {
    id,
    title: id.toUpperCase(),
    kind: step.kind,
    detail: () => act(step.detail, "well"),
    ...(step.skippable ? { skippable: "It is left out." } : {}),
    ...("undo" in step && step.undo !== null
      ? { undo: async () => turn("undo", step.undo ?? [], undefined) }
      : {}),
  };
  return { ...all, ...ofKind(step, id, outside, turn) } as unknown as StepDefinition;
};

const ofKind = (
  step: StepPlan,
  id: string,
  outside: Outside,
  turn: (name: string, acts: readonly string[], right: unknown) => unknown,
): object => {
  switch (step.kind) {
    case "do":
      return {
        timeoutMs: 25,
        ...claims[step.claim]?.(() => (outside.get(id) ?? 0) > 0),
        run: async (ctx: Reporting) => {
          outside.set(id, (outside.get(id) ?? 0) + 1);
          ctx.log("at work");
          if (step.slow) await new Promise((resolve) => setTimeout(resolve, 4));
          if (step.run[0] === "reports oddly") ctx.progress(1n as unknown as number, null, "rows");
          return turn("run", step.run, "made");
        },
      };
    case "wait":
      return {
        everyMs: 1,
        timeoutMs: 20,
        look: async () => turn("look", step.look, { done: "ready" }),
        ...(step.onCancel === null ? {} : { onCancel: async () => act(step.onCancel ?? "", "Stopped.") }),
        ...(step.paused === null ? {} : { whilePaused: whilePaused(step.paused) }),
      };
    case "ask":
      return {
        form: () => turn("form", step.form, { fields: [], submit: "OK" }),
        read: () => turn("read", step.read, "answer"),
        ...(step.late === null ? {} : { timeoutMs: 15 }),
        ...(step.late === "answers" ? { unanswered: {} } : {}),
      };
    default:
      return step satisfies never;
  }
};

interface Reporting {
  log(line: string): void;
  progress(done: number, total: number | null, what: string): void;
}

const whilePaused = (how: string): unknown =>
  how === "says"
    ? "It goes on."
    : { stop: async () => act(how, "Paused."), goOn: async () => act(how, "Goes on.") };

const claims: Record<string, (happened: () => boolean) => object> = {
  none: () => ({}),
  ask: () => ({ whenInterrupted: "ask" }),
  safe: () => ({ safeBecause: "It only counts." }),
  looks: (happened) => ({
    whenInterrupted: async () =>
      happened()
        ? { happened: true, result: "made", checked: "It is there." }
        : { happened: false, checked: "It is not there." },
  }),
  "looks wrongly": () => ({ whenInterrupted: async () => ({ happened: "perhaps" }) }),
};
