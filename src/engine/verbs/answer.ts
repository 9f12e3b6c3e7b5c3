import { type AgentQuestion, assertAgentMay } from "#core/agents.ts";
import { answerRefusal, type Channel, stillNeeded } from "#core/answerers.ts";
import { AppError } from "#core/errors.ts";
import { type Form, textOf, type Values } from "#core/form.ts";
import { assertFarMay, isFar, whoFrom } from "#core/from-afar.ts";
import { GoBack } from "#core/go-back.ts";
import { ownerId, type PersonRef } from "#core/people.ts";
import { Reject } from "#core/reject.ts";
import { refusal } from "#core/rules.ts";
import type { RunWithSteps } from "#core/run.ts";
import { ended } from "#core/sentence.ts";
import { Skip } from "#core/skip.ts";
import type { Step } from "#core/step.ts";
import type { AskContext } from "#core/step-context.ts";
import type { Results, StepDefinition } from "#core/workflow.ts";
import { askAuthor } from "#engine/author.ts";
import { findDefinition, findRun, findStep } from "#engine/definition.ts";
import { agreed } from "#engine/moves/forward.ts";
import { type Decide, hiding, type Move } from "#engine/moves/move.ts";
import type { EngineParts } from "#engine/parts.ts";
import { answer as answerShape, question } from "#engine/shapes.ts";
import { answering } from "#engine/steps/answering.ts";
import { previously, stepContext } from "#engine/steps/context.ts";
import { failing } from "#engine/steps/fail.ts";
import { decideInterrupted } from "#engine/steps/interrupted.ts";
import { commitOnce } from "./act.ts";

type AskDefinition = Extract<StepDefinition, { kind: "ask" }>;

/** How an answer was given, where that matters. */
export interface AnswerOptions {
  /** The button, when it was not the usual one. */
  press?: string | undefined;
  /** How it came; default: by a page. */
  channel?: Channel;
  /** Who answers; the owner where it is not said. */
  person?: PersonRef;
  /** Of an agent: it is trusted with what is of medium risk. */
  isTrusted?: boolean;
  /** The question that was seen, by when it began (`attemptAt`); it is refused when another one is open by now. */
  asked?: number;
}

/** Takes a person's answer. Of two people who answer at once, one wins and the other is told. */
export const answer = async (
  parts: EngineParts,
  runId: string,
  stepId: string,
  values: Values,
  by: string,
  how: AnswerOptions = {},
): Promise<void> => {
  const before = await findRun(parts, runId);
  const asked = findStep(before, stepId);
  assertAsking(before, asked);
  if (how.asked !== undefined && how.asked !== asked.attemptAt) throw noLonger(asked);
  const person = how.person ?? { id: ownerId, name: by, role: "admin" };
  assertAnswerer(person, before, asked);
  if (how.channel === "agent") assertAgentMay(agentQuestion(parts, before, asked, by, how.isTrusted));
  if (isFar(how.channel ?? "page")) assertFarMay(agentQuestion(parts, before, asked, by));
  const hidden: string[] = [];
  const decide =
    asked.kind === "ask"
      ? await readAnswer(parts, before, asked, { values, by, ...how, person }, (text) => hidden.push(text))
      : (now: RunWithSteps, at: number) => decideInterrupted(findStep(now, stepId), values, by, at);
  try {
    await commitOnce(parts, before.run, (now, at) => {
      const step = findStep(now, stepId);
      assertAsking(now, step, asked);
      assertAnswerer(person, now, step);
      if (step.form?.decisions?.length !== asked.form?.decisions?.length) throw new Overtaken();
      return hiding(now, hidden, withChanger(now, step, person, decide(now, at)));
    });
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error;
    return answer(parts, runId, stepId, values, by, how);
  }
  parts.wake();
};

/** Somebody else agreed meanwhile: what follows from this answer has to be found anew. */
class Overtaken extends Error {}

const assertAnswerer = (person: PersonRef, { run }: RunWithSteps, { form }: Step): void => {
  const refused = form === null ? null : answerRefusal(person, form, run);
  if (refused !== null) throw new AppError("forbidden", refused);
};

/**
 * What an answer says is what a later approval is about, so whoever gave it is as one who changed the input. Those who approve, and those
 * who may not have started the run, only look at what others want.
 */
const withChanger = ({ run }: RunWithSteps, { kind, form }: Step, { id }: PersonRef, move: Move): Move => {
  const isApproval = form?.fields.some((field) => field.kind === "approval");
  if (kind !== "ask" || isApproval || form?.answerers?.notByStarter === true || id === run.starter)
    return move;
  return { ...move, run: { ...move.run, changers: [...new Set([...(run.changers ?? []), id])] } };
};

const agentQuestion = (
  parts: EngineParts,
  before: RunWithSteps,
  step: Step,
  by: string,
  isTrusted = false,
): AgentQuestion => ({
  isTrusted,
  form: step.form,
  personOnly: step.kind === "ask" && askDefinition(parts, before, step.id).personOnly === true,
  isInterrupted: step.kind !== "ask",
  isOwnRun: before.run.createdBy === by,
});

type Given = AnswerOptions & { values: Values; by: string; person: PersonRef };

const readAnswer = async (
  parts: EngineParts,
  before: RunWithSteps,
  step: Step,
  { values, by: name, press, channel = "page", person }: Given,
  hides: (text: string) => void,
): Promise<Decide> => {
  // What an agent said is never told as a person's word.
  const by = channel === "agent" ? `${name}, an agent` : whoFrom(name, channel);
  const definition = askDefinition(parts, before, step.id);
  if (channel === "token" && definition.personOnly === true) {
    throw new AppError("forbidden", "Only a person in a browser may answer this, no API token.");
  }
  const comment = textOf(values, "comment");
  const decisions = [
    ...(step.form?.decisions ?? []),
    { by, personId: person.id, at: parts.clock.now(), channel, comment: comment === "" ? null : comment },
  ];
  try {
    const given = await askAuthor(parts, {
      of: step.title,
      name: "read",
      shape: answerShape,
      limitMs: parts.limits.read,
      run: (signal) =>
        definition.read(values, {
          ...askContext(parts, before, step, values, signal, press),
          by,
          decisions,
          hides,
        }),
    });
    await parts.assertMayUse(person.id, given);
    const isAgreed = !(given instanceof GoBack || given instanceof Reject);
    const { form } = step;
    if (isAgreed && form !== null && stillNeeded(form) > 1)
      return () => agreed(step, { ...form, decisions }, by);
    return await answering(parts, before, step, definition, given, by);
  } catch (error) {
    // A wrong answer is for the person to mend; a broken question never takes any, so it fails with its reason.
    if (error instanceof AppError && error.code === "workflow-broken")
      return failing(parts, before, step, error);
    throw error;
  }
};

/** The question with the values so far; nothing is saved. */
export const redraw = async (
  parts: EngineParts,
  runId: string,
  stepId: string,
  values: Values,
  press: string,
): Promise<Form> => {
  const now = await findRun(parts, runId);
  const step = findStep(now, stepId);
  assertAsking(now, step);
  if (step.kind !== "ask") return step.form ?? { fields: [], submit: "Decide" };
  const definition = askDefinition(parts, now, stepId);
  const form = await askAuthor(parts, {
    of: step.title,
    name: "form",
    shape: question,
    limitMs: parts.limits.draw,
    run: (signal) => definition.form(askContext(parts, now, step, values, signal, press)),
  });
  if (!(form instanceof Skip)) return form;
  throw new AppError("conflict", `This question needs no answer any more: ${form.reason}`);
};

const askDefinition = (parts: EngineParts, at: RunWithSteps, stepId: string): AskDefinition => {
  const definition = findDefinition(parts.workflows, at, stepId);
  if (definition.kind !== "ask")
    throw new AppError("not-allowed-now", `“${definition.title}” is no question, so it takes no answer.`);
  return definition;
};

const askContext = (
  parts: EngineParts,
  at: RunWithSteps,
  step: Step,
  draft: Values,
  signal: AbortSignal,
  press?: string,
): AskContext<unknown, Results> => ({
  ...stepContext(parts, at, step, signal),
  draft,
  ...(press === undefined ? {} : { press }),
  ...previously(at.run, step),
});

/** Refuses when the question is not open, or is no longer the one that was answered. */
const assertAsking = (now: RunWithSteps, step: Step, answered = step): void => {
  const refused = refusal("answer", now, step);
  // A run that went back meanwhile counts attempts anew, and asks on other grounds.
  const same = step.attempt === answered.attempt && step.attemptAt === answered.attemptAt;
  if (refused === null && same) return;
  if (refused?.code === "finalized") throw refused;
  if (now.run.state === "paused" && step.state === "asking") {
    throw new AppError("not-allowed-now", "The run is paused. Resume it first, then answer.");
  }
  throw noLonger(step);
};

const noLonger = ({ state, detail, title }: Step): AppError =>
  new AppError(
    "conflict",
    state === "completed"
      ? `This question has been answered already${detail === null ? "." : `: ${ended(detail)}`}`
      : `“${title}” asks nothing at the moment.`,
  );
