import { AppError } from "#core/errors.ts";
import { type Field, type Form, type FormButton, textOf, type Values } from "#core/form.ts";
import { GoBack } from "#core/go-back.ts";
import { type Answered, type ModelQuestion, mostQuestions } from "./ask-model.ts";

/** The answers so far; null: none. */
type Before = readonly Answered[] | null | undefined;

/** What the model has to be told before it can plan: one of its choices is pressed, or an answer typed. */
export const questionForm = (
  { text, choices }: ModelQuestion,
  by: string,
  answers: Before,
  leave: FormButton,
): Form => {
  const before = answers ?? [];
  const asked = before.length + 1;
  const answered: Field[] =
    before.length === 0
      ? []
      : [
          {
            kind: "table",
            caption: "Asked before",
            head: ["Question", "Your answer"],
            rows: before.map(({ question, answer }) => [question, answer ?? ""]),
          },
        ];
  return {
    fields: [
      {
        kind: "note",
        tone: "info",
        text: `Before it plans, ${by} asks you something: question ${asked} of at most ${mostQuestions}.`,
      },
      ...answered,
      {
        kind: "text",
        name: "answer",
        label: text,
        ...(choices.length === 0
          ? {}
          : {
              help: `Press one of these below, or say it in your own words: ${choices.map((one) => `“${one}”`).join(", ")}.`,
            }),
      },
    ],
    submit: "Answer",
    buttons: [
      ...choices.map((label, at): FormButton => ({ does: "answer", value: `choice:${at}`, label })),
      { does: "answer", value: "enough", label: "Plan with what is known" },
      leave,
    ],
  };
};

/** The answer goes to the model in the step `to`, with what was asked for and answered before. Throws AppError("bad-answer"). */
export const toTheModel = <Step extends string>(
  to: Step,
  { text, choices }: ModelQuestion,
  before: Before,
  values: Values,
  press: string | undefined,
): GoBack<Step> => {
  const answer = press === "enough" ? null : answerIn(choices, values, press);
  return new GoBack(to, { answers: [...(before ?? []), { question: text, answer }] });
};

const longestAnswer = 1_000;

const answerIn = (choices: readonly string[], values: Values, press: string | undefined): string => {
  const chosen = choices.find((_, at) => press === `choice:${at}`);
  if (chosen !== undefined) return chosen;
  const typed = textOf(values, "answer");
  if (press === undefined && typed !== "" && typed.length <= longestAnswer) return typed;
  throw new AppError(
    "bad-answer",
    `Answer in at most ${longestAnswer.toLocaleString("en")} characters, or press “Plan with what is known”.`,
    { field: "answer" },
  );
};
