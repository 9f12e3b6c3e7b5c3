import { accountIn, accountOf } from "#apps/plan/account.ts";
import { schemaOf } from "#apps/plan/draft-schema.ts";
import type { Evidence } from "#apps/plan/from-sheets.ts";
import { planFromDescription } from "#apps/plan/plan.ts";
import { draftOf, editDraft, type PlanDraft, readDraft } from "#apps/plan/plan-draft.ts";
import { planFields } from "#apps/plan/plan-form.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import { type Field, type Form, textOf } from "#core/form.ts";
import { GoBack } from "#core/go-back.ts";
import { plural } from "#core/plural.ts";
import { Reject } from "#core/reject.ts";
import type { AskOptions } from "#core/workflow.ts";
import type { GenerateInput } from "#workflows/generate-app/input.ts";
import { type Drafted, planner } from "./draft.ts";
import { noApp, questionForm, toTheModel } from "./model-question.ts";

/** The plan, shown and editable: tables, columns with their types, relations, rules. To agree to it is the go-ahead: before, nothing is made. */
export const askPlan: AskOptions<GenerateInput, { draft: Drafted }, AppSchema> = {
  form: ({ input, results, draft, press, previous }): Form => {
    const { schema, understood, warnings, by, evidence = [], question } = results.draft;
    if (question !== undefined) return questionForm(question, by, input);
    const notes: Field[] = [
      { kind: "note", tone: "info", text: `Drafted by ${by}. ${understood.join(" ")}` },
      ...warnings.map((text): Field => ({ kind: "note", tone: "warning", text })),
      ...(evidence.length === 0 ? [] : [toldByRows(evidence)]),
    ];
    if (draft === undefined) {
      const begin = (previous as AppSchema | undefined) ?? schema;
      return planForm(draftOf(begin), null, input, [...notes, ...yourWords(input, results.draft)]);
    }
    if (press === "plan-again") return replanned(textOf(draft, "description"), input);
    const edited = press === undefined ? readDraft(draft) : editDraft(readDraft(draft), press);
    const touched = /^(?:add|remove|up)-(?:column|rule):(\d+)/.exec(press ?? "")?.[1];
    // A form that was drawn before it told what was read is of the words that the run began with.
    const read = "read" in draft ? textOf(draft, "read") : input.description;
    const words = read === input.description ? results.draft : { schema, by: planner };
    return planForm(
      edited,
      touched === undefined ? null : Number(touched),
      { ...input, description: textOf(draft, "description") },
      [...notes, ...yourWords({ ...input, description: read }, words)],
      read,
    );
  },
  read: (values, { input, results, previous, press, by }) => {
    const { question } = results.draft;
    if (press === "reject") return new Reject(`${by ?? "Somebody"} wants no app of this plan.`);
    if (question !== undefined) return toTheModel(question, input, values, press);
    if (press === "ask-again" && input.connectionId !== null)
      return new GoBack("draft", { description: textOf(values, "description"), answers: null });
    if (press !== undefined) throw new AppError("bad-answer", "Make this app, or make none.");
    if ("read" in values && textOf(values, "read") !== textOf(values, "description"))
      throw new AppError("bad-answer", "Press “Plan again” first: the plan below is not of these words.", {
        field: "description",
      });
    const { schema } = results.draft;
    // A program that agrees to the plan as it is sends no fields; a browser sends at least the title.
    if (!("title" in values) && !("t0" in values)) return (previous as AppSchema | undefined) ?? schema;
    return schemaOf(readDraft(values), baseOf(textOf(values, "description"), input, schema));
  },
  detail: ({ tables }) =>
    `${plural(Object.keys(tables).length, "table")}: ${Object.values(tables)
      .map(({ title }) => title)
      .join(", ")}`,
};

const planForm = (
  draft: PlanDraft,
  open: number | null,
  input: GenerateInput,
  shown: readonly Field[],
  read = input.description,
): Form => ({
  fields: [
    ...shown,
    {
      kind: "group",
      legend: "Describe it differently",
      open: false,
      fields: [
        {
          kind: "text",
          name: "description",
          label: "Description",
          multiline: true,
          value: input.description,
          help: "“Plan again” replaces the plan below by what Milepost reads of these words without a model.",
        },
      ],
      buttons: [
        { does: "redraw", value: "plan-again", label: "Plan again" },
        ...(input.connectionId === null
          ? []
          : [{ does: "answer" as const, value: "ask-again", label: "Ask the model again" }]),
      ],
    },
    { kind: "hidden", name: "read", value: read },
    ...planFields(draft, open),
    {
      kind: "note",
      tone: "info",
      text: `The app is made at /apps/${input.slug}/ with a database of its own; nothing that is there already is changed. It can be undone: the app goes, and is kept for 30 days with all that was entered into it.`,
    },
  ],
  submit: "Make this app",
  buttons: [noApp],
});

/** Planning again from other words. Words that say nothing leave a sentence and an empty plan, not an error page. */
const replanned = (description: string, input: GenerateInput): Form => {
  const described = { ...input, description };
  try {
    const { schema, understood, warnings } = planFromDescription(description);
    const named = { ...schema, app: input.slug, title: input.title };
    return planForm(draftOf(named), null, described, [
      { kind: "note", tone: "info", text: understood.join(" ") },
      ...warnings.map((text): Field => ({ kind: "note", tone: "warning", text })),
      ...yourWords(described, { schema, by: planner }),
    ]);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return planForm({ title: input.title, tables: [] }, null, described, [
      { kind: "note", tone: "danger", text: error.message },
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
const yourWords = (
  { description }: GenerateInput,
  { schema, by }: Pick<Drafted, "schema" | "by">,
): Field[] => {
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
