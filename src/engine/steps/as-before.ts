import type { Form } from "#core/form.ts";
import { GoBack } from "#core/go-back.ts";
import { presetValues } from "#core/preset.ts";
import { Reject } from "#core/reject.ts";
import type { Step } from "#core/step.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { callAuthor } from "#engine/author.ts";
import type { Claim } from "#engine/claim.ts";
import type { Decide } from "#engine/moves/move.ts";
import { answer as answerShape, yesOrNo } from "#engine/shapes.ts";
import { Stop } from "#engine/stop.ts";
import { answering } from "./answering.ts";
import { previously, stepContext } from "./context.ts";

type AskDefinition = Extract<StepDefinition, { kind: "ask" }>;

/**
 * What becomes of a question that was answered in the run that this one repeats: the move that takes that answer, where its author says
 * that it holds again; else the form for the person, which says why they are asked.
 */
export const asBefore = async (
  claim: Claim,
  step: Step,
  definition: AskDefinition & Required<Pick<AskDefinition, "holdsAgain">>,
  form: Form,
): Promise<Decide | Form> => {
  const { parts } = claim;
  const { run } = claim.at();
  const former = run.former?.[step.id];
  if (former === undefined) return form;
  const of = step.title;
  const call = { of, signal: claim.signal, graceMs: parts.stopGraceMs };
  const draft = presetValues(form);
  const given = await callAuthor<unknown>(parts, {
    ...call,
    name: "read",
    shape: answerShape,
    limitMs: parts.limits.read,
    run: (signal) =>
      definition.read(draft, {
        ...stepContext(parts, claim.at(), step, signal),
        ...previously(run, step),
        draft,
        by: run.createdBy,
      }),
  });
  if (given.kind === "stopped") throw new Stop(given.why);
  if (given.kind === "error") return because(form, former, given.error.message);
  const answer = given.value;
  if (answer instanceof Reject || answer instanceof GoBack) return because(form, former);
  const holds = await callAuthor(parts, {
    ...call,
    name: "holdsAgain",
    shape: yesOrNo,
    limitMs: parts.limits.words,
    run: () => definition.holdsAgain(answer, former.answer),
  });
  if (holds.kind === "stopped") throw new Stop(holds.why);
  if (holds.kind === "error" || !holds.value) return because(form, former);
  const decide = await answering(parts, claim.at(), step, definition, answer, run.createdBy);
  return (now, at) => withWord(decide(now, at), step.id);
};

const asThen = ", as in the run before";

/** The answer was taken without asking, which its line tells. */
const withWord = (move: ReturnType<Decide>, stepId: string): ReturnType<Decide> => ({
  ...move,
  ...(move.steps === undefined
    ? {}
    : {
        steps: move.steps.map(({ id, patch }) =>
          id === stepId && patch.state === "completed"
            ? { id, patch: { ...patch, detail: `${patch.detail ?? "Answered"}${asThen}` } }
            : { id, patch },
        ),
      }),
});

/** Why a person is asked although the run before was answered. */
const because = (form: Form, { detail }: { detail: string | null }, refused = ""): Form => ({
  ...form,
  fields: [
    {
      kind: "note",
      tone: "info",
      text: `The run before was answered${detail === null ? "" : ` “${detail.replace(asThen, "")}”`}, which no longer fits as it was.${refused === "" ? "" : ` ${refused}`}`,
    },
    ...form.fields,
  ],
});
