import { questionForm, toTheModel } from "#apps/model/question.ts";
import { accountIn, accountOf } from "#apps/plan/account.ts";
import { schemaOf } from "#apps/plan/draft-schema.ts";
import type { Evidence } from "#apps/plan/from-sheets.ts";
import { planFromDescription } from "#apps/plan/plan.ts";
import { draftOf, readDraft } from "#apps/plan/plan-draft.ts";
import { assertRead, editedBy, editorFields, isSent, note, type Words } from "#apps/plan/plan-editor.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import { type Field, type Form, type FormButton, textOf } from "#core/form.ts";
import { GoBack } from "#core/go-back.ts";
import { plural } from "#core/plural.ts";
import { Reject } from "#core/reject.ts";
import type { AskOptions } from "#core/workflow.ts";
import type { GenerateInput } from "#workflows/generate-app/input.ts";
import { type Drafted, planner } from "./draft.ts";

const noApp: FormButton = { does: "answer", value: "reject", label: "Make no app" };
const words: Words = {
  ...{ name: "description", legend: "Describe it differently", label: "Description" },
  help: "“Plan again” replaces the plan below by what Milepost reads of these words without a model.",
  again: { value: "plan-again", label: "Plan again" },
};

/** The plan, shown and editable: tables, columns with their types, relations, rules. To agree to it is the go-ahead: before, nothing is made. */
export const askPlan: AskOptions<GenerateInput, { draft: Drafted }, AppSchema> = {
  form: ({ input, results, draft, press, previous }): Form => {
    const { schema, understood, warnings, by, evidence = [], question } = results.draft;
    if (question !== undefined) return questionForm(question, by, input.answers, noApp);
    const notes: Field[] = [
      note("info", `Drafted by ${by}. ${understood.join(" ")}`),
      ...warnings.map((text) => note("warning", text)),
      ...(evidence.length === 0 ? [] : [toldByRows(evidence)]),
    ];
    if (draft === undefined) {
      const begin = (previous as AppSchema | undefined) ?? schema;
      const now = { words: input.description, read: input.description, draft: draftOf(begin), open: null };
      return planForm(now, input, [...notes, ...yourWords(input.description, results.draft)]);
    }
    const description = textOf(draft, "description");
    if (press === "plan-again") return replanned(description, input);
    // A form that was drawn before it told what was read is of the words that the run began with.
    const read = "read" in draft ? textOf(draft, "read") : input.description;
    const planned = read === input.description ? results.draft : { schema, by: planner };
    return planForm({ words: description, read, ...editedBy(draft, press) }, input, [
      ...notes,
      ...yourWords(read, planned),
    ]);
  },
  read: (values, { input, results, previous, press, by }) => {
    const { question } = results.draft;
    if (press === "reject") return new Reject(`${by ?? "Somebody"} wants no app of this plan.`);
    if (question !== undefined) return toTheModel("draft", question, input.answers, values, press);
    if (press === "ask-again" && input.connectionId !== null)
      return new GoBack("draft", { description: textOf(values, "description"), answers: null });
    if (press !== undefined) throw new AppError("bad-answer", "Make this app, or make none.");
    assertRead(values, words);
    const { schema } = results.draft;
    if (!isSent(values)) return (previous as AppSchema | undefined) ?? schema;
    return schemaOf(readDraft(values), baseOf(textOf(values, "description"), input, schema));
  },
  detail: ({ tables }) =>
    `${plural(Object.keys(tables).length, "table")}: ${Object.values(tables)
      .map(({ title }) => title)
      .join(", ")}`,
};

const planForm = (
  now: Parameters<typeof editorFields>[1],
  { slug, connectionId }: GenerateInput,
  shown: readonly Field[],
): Form => ({
  fields: [
    ...shown,
    ...editorFields(words, now, { isOpen: false, hasModel: connectionId !== null }),
    note(
      "info",
      `The app is made at /apps/${slug}/ with a database of its own; nothing that is there already is changed. It can be undone: the app goes, and is kept for 30 days with all that was entered into it.`,
    ),
  ],
  submit: "Make this app",
  buttons: [noApp],
});

/** Planning again from other words. Words that say nothing leave a sentence and an empty plan, not an error page. */
const replanned = (description: string, input: GenerateInput): Form => {
  const now = { words: description, read: description, open: null };
  try {
    const { schema, understood, warnings } = planFromDescription(description);
    const draft = draftOf({ ...schema, app: input.slug, title: input.title });
    return planForm({ ...now, draft }, input, [
      note("info", understood.join(" ")),
      ...warnings.map((text) => note("warning", text)),
      ...yourWords(description, { schema, by: planner }),
    ]);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return planForm({ ...now, draft: { title: input.title, tables: [] } }, input, [
      note("danger", error.message),
    ]);
  }
};

/** The plan that the form began with: the drafted one, or the one of another description. */
const baseOf = (description: string, input: GenerateInput, drafted: AppSchema): AppSchema => {
  if (description === "" || description === input.description) return drafted;
  try {
    return { ...planFromDescription(description).schema, app: input.slug };
  } catch {
    return drafted;
  }
};

const toldByRows = (evidence: readonly Evidence[]): Field => ({
  kind: "group",
  legend: "What the rows tell",
  open: evidence.length === 1,
  fields: evidence.map(({ table, columns }) => ({
    kind: "table",
    caption: table,
    head: ["Column", "Its cells"],
    rows: columns,
  })),
});

const fates = { used: "", told: "Nothing was made of it", filler: "Says nothing of what is kept" } as const;

/** The description, part by part, with what became of each. */
const yourWords = (description: string, { schema, by }: Pick<Drafted, "schema" | "by">): Field[] => {
  if (description === "") return [];
  const parts = by === planner ? accountOf(description) : accountIn(schema, description);
  return [
    {
      kind: "group",
      legend: "What became of your words",
      open: false,
      fields: [
        {
          kind: "table",
          caption: "The description, part by part",
          head: ["Your words", "What became of them"],
          rows: parts.map(({ text, fate, where }) => [
            text.trim(),
            where === "" ? fates[fate] : fate === "used" ? `Used: ${where}` : where,
          ]),
        },
      ],
    },
  ];
};
