import { AppError } from "#core/errors.ts";
import type { Form, Values } from "#core/form.ts";
import type { RunWithSteps } from "#core/run.ts";
import { Skip } from "#core/special-answers.ts";
import type { Step } from "#core/step.ts";
import type { AskContext } from "#core/step-context.ts";
import type { Results, StepDefinition } from "#core/workflow.ts";
import { answeredChange } from "./answered.ts";
import { stepContext } from "./context.ts";
import { findDefinition } from "./definition.ts";
import { decideInterrupted } from "./interrupted.ts";
import { act, assertNotFinalized, findRun, findStep, type VerbDeps } from "./verb.ts";

type AskDefinition = Extract<StepDefinition, { kind: "ask" }>;

/** Reading an answer may ask the other side; it does not wait longer than this. */
const readTimeoutMs = 60_000;

/** How an answer was given, where that matters. */
export interface AnswerOptions {
  /** The button, when it was not the usual one. */
  press?: string | undefined;
  /** A program's token answers, not a person in a browser. */
  byProgram?: boolean;
}

/** Takes a person's answer. Of two people who answer at once, one wins and the other is told. */
export const answer = async (
  deps: VerbDeps,
  runId: string,
  stepId: string,
  values: Values,
  by: string,
  { press, byProgram = false }: AnswerOptions = {},
): Promise<void> => {
  const before = await findRun(deps, runId);
  const asked = findStep(before, stepId);
  assertAsking(before, asked);
  if (asked.kind !== "ask") {
    return act(deps, runId, (now, at) => {
      assertAsking(now, findStep(now, stepId), asked.attempt);
      return decideInterrupted(now, findStep(now, stepId), values, by, at);
    });
  }
  const definition = askDefinition(deps, before, stepId);
  if (byProgram && definition.personOnly === true) {
    throw new AppError("forbidden", "Only a person in a browser may answer this, no API token.");
  }
  const given = await definition.read(values, { ...askContext(deps, before, asked, values, press), by });
  await act(deps, runId, (now, at) => {
    const step = findStep(now, stepId);
    assertAsking(now, step, asked.attempt);
    return answeredChange(deps, now, step, definition, given, by, at);
  });
};

/** The question with the values so far; nothing is saved. */
export const redraw = async (
  deps: VerbDeps,
  runId: string,
  stepId: string,
  values: Values,
  press: string,
): Promise<Form> => {
  const now = await findRun(deps, runId);
  const step = findStep(now, stepId);
  assertAsking(now, step);
  if (step.kind !== "ask") return step.form ?? { fields: [], submit: "Decide" };
  const form = await askDefinition(deps, now, stepId).form(askContext(deps, now, step, values, press));
  if (!(form instanceof Skip)) return form;
  throw new AppError("conflict", `This question needs no answer any more: ${form.reason}`);
};

const askDefinition = (deps: VerbDeps, at: RunWithSteps, stepId: string): AskDefinition => {
  const definition = findDefinition(deps.workflows, at, stepId);
  if (definition.kind !== "ask") throw new AppError("not-allowed-now", `“${definition.title}” asks nothing.`);
  return definition;
};

const askContext = (
  deps: VerbDeps,
  at: RunWithSteps,
  step: Step,
  draft: Values,
  press?: string,
): AskContext<unknown, Results> => ({
  ...stepContext(at, step, AbortSignal.timeout(readTimeoutMs), deps),
  draft,
  ...(press === undefined ? {} : { press }),
  previous: step.result ?? undefined,
});

/** Refuses when the question is not open, or is no longer the one (`attempt`) that was answered. */
const assertAsking = (now: RunWithSteps, step: Step, attempt = step.attempt): void => {
  assertNotFinalized(now);
  if (now.run.state === "paused" && step.state === "asking") {
    throw new AppError("not-allowed-now", "The run is paused. Resume it first, then answer.");
  }
  if (now.run.state === "asking" && step.state === "asking" && step.attempt === attempt) return;
  throw new AppError(
    "conflict",
    step.state === "completed"
      ? `This question has been answered already${step.detail === null ? "." : `: ${step.detail}`}`
      : `“${step.title}” asks nothing at the moment.`,
  );
};
