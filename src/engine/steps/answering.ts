import { AppError } from "#core/errors.ts";
import { GoBack } from "#core/go-back.ts";
import { Reject } from "#core/reject.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { askAuthor } from "#engine/author.ts";
import { findStep, undoableWith, workflowOf } from "#engine/definition.ts";
import { goneBack } from "#engine/moves/back.ts";
import { answered } from "#engine/moves/forward.ts";
import type { Decide, Move } from "#engine/moves/move.ts";
import type { EngineParts } from "#engine/parts.ts";
import { words } from "#engine/shapes.ts";
import { resultsOf } from "./context.ts";
import { detailOf } from "./end.ts";
import { failing } from "./fail.ts";

type AskDefinition = Extract<StepDefinition, { kind: "ask" }>;

/** The move that follows from an answer, a person's or the one that holds when nobody answered in time (`by` null). */
export const answering = async (
  parts: EngineParts,
  at: RunWithSteps,
  step: Step,
  definition: AskDefinition,
  given: unknown,
  by: string | null,
): Promise<Decide> => {
  if (given instanceof GoBack) {
    const who = by ?? "Milepost";
    const because = `${who} went back, so what was made since is removed`;
    return (now, when) => {
      const move = goneBack(now, findStep(now, given.to), because, who, when);
      return Object.keys(given.input).length === 0 ? move : withInput(parts, now, move, given.input);
    };
  }
  if (given instanceof Reject) {
    const sentence =
      by === null
        ? `Nobody answered “${step.title}” in time, so it counts as rejected.`
        : `${by} rejected “${step.title}”${given.reason === "" ? "." : `: ${given.reason}`}`;
    return withWho(await failing(parts, at, step, new AppError("rejected", sentence)), by);
  }
  const told = await detailOf(parts, step, definition, given);
  const subject = "error" in told ? told : await subjectOf(parts, at, step, given);
  if ("error" in told) return failing(parts, at, step, told.error);
  if ("error" in subject) return failing(parts, at, step, subject.error);
  const detail = by === null ? `Nobody answered in time. ${told.detail ?? ""}`.trim() : told.detail;
  return withWho(
    (_now, when) => answered(step, { answer: given, detail, subject: subject.subject }, when),
    by,
  );
};

/** What an answer changes of the input, which holds once what rested on the former one is undone. */
const withInput = (
  { workflows }: Pick<EngineParts, "workflows">,
  now: RunWithSteps,
  move: Move,
  changed: GoBack["input"],
): Move => {
  const { values, secrets, subject } = now.run;
  const input = { ...Object(now.run.input), ...changed };
  if (move.run?.state === "undoing")
    return { ...move, run: { ...move.run, nextInput: { input, values, secrets, subject } } };
  const undoable = undoableWith(workflowOf(workflows, now.run), now.steps, input);
  return { ...move, run: { ...move.run, input }, steps: [...(move.steps ?? []), ...undoable] };
};

const withWho =
  (decide: Decide, by: string | null): Decide =>
  (now, at) => ({ ...decide(now, at), ...(by === null ? {} : { by }) });

/** The line that tells the run from others, with the new answer. */
const subjectOf = async (
  parts: EngineParts,
  { run, steps }: RunWithSteps,
  step: Step,
  given: unknown,
): Promise<{ subject: string } | { error: AppError }> => {
  const flow = workflowOf(parts.workflows, run);
  const results = { ...resultsOf(steps), [step.id]: given };
  try {
    const limitMs = parts.limits.words;
    const call = { of: flow.title, name: "subject", shape: words, limitMs };
    return {
      subject:
        run.parent === null
          ? await askAuthor(parts, { ...call, run: () => flow.start.subject(run.input, results) })
          : run.subject,
    };
  } catch (thrown) {
    if (thrown instanceof AppError) return { error: thrown };
    throw thrown;
  }
};
