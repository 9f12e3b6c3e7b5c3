import { AppError } from "#core/errors.ts";
import { type Field, type Form, type FormButton, textOf, type Values } from "#core/form.ts";
import { GoBack } from "#core/go-back.ts";
import type { GenerateInput } from "#workflows/generate-app/input.ts";
import { type ModelQuestion, mostQuestions } from "#workflows/generate-app/model-draft.ts";

export const noApp: FormButton = { does: "answer", value: "reject", label: "Make no app" };

/** What the model has to be told before it can plan: one of its choices is pressed, or an answer typed. */
export const questionForm = ({ text, choices }: ModelQuestion, by: string, input: GenerateInput): Form => {
  const before = input.answers ?? [];
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
      noApp,
    ],
  };
};

/** The answer goes to the model, with the description and what was answered before. Throws AppError("bad-answer"). */
export const toTheModel = (
  { text, choices }: ModelQuestion,
  input: GenerateInput,
  values: Values,
  press: string | undefined,
): GoBack<"draft"> => {
  const answer = press === "enough" ? null : answerIn(choices, values, press);
  return new GoBack("draft", { answers: [...(input.answers ?? []), { question: text, answer }] });
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
