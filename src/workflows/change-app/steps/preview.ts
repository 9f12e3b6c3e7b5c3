import { questionForm, toTheModel } from "#apps/model/question.ts";
import { draftOf, type PlanDraft, readDraft } from "#apps/plan/plan-draft.ts";
import { assertRead, editedBy, editorFields, isSent, note, type Words } from "#apps/plan/plan-editor.ts";
import type { AppRegistry } from "#apps/registry.ts";
import { AppError } from "#core/errors.ts";
import { type Field, type Form, type FormButton, textOf, type Values } from "#core/form.ts";
import { GoBack } from "#core/go-back.ts";
import { Reject } from "#core/reject.ts";
import type { AskContext } from "#core/step-context.ts";
import type { AskOptions } from "#core/workflow.ts";
import type { ChangeInput } from "#workflows/change-app/input.ts";
import { type PlannedChange, plannedNow } from "#workflows/change-app/planned.ts";
import type { Host } from "#workflows/host.ts";
import type { WorkedOut } from "./work-out.ts";

type Context = Pick<AskContext<ChangeInput, { plan: WorkedOut }>, "input" | "results">;
/** What words come to, and what was changed by hand after them. */
type Plan = (request: string, edited?: PlanDraft) => PlannedChange;

const leave: FormButton = { does: "answer", value: "cancel", label: "Leave it as it is" };
const words: Words = {
  ...{ name: "request", legend: "Say it differently", label: "What should change?" },
  help: "“Read it again” replaces the plan below by what Milepost reads of these words without a model.",
  again: { value: "read-again", label: "Read it again" },
};

/** What would change, down to the very statements, before anything does; and the plan itself, to change it by hand. */
export const previewChange = ({
  apps,
}: Pick<Host, "apps">): AskOptions<ChangeInput, { plan: WorkedOut }, PlannedChange> => ({
  form: ({ input, results, draft, press, previous }): Form => {
    const { question, read } = results.plan;
    if (question !== undefined) return questionForm(question, question.by, input.answers, leave);
    const plan = planIn(apps, { input, results });
    const form = (
      shown: readonly Field[],
      now: Omit<Parameters<typeof editorFields>[1], "open">,
      open: number | null = null,
    ) => changeForm(shown, { ...now, open }, input);
    if (draft === undefined) {
      const planned = (previous as PlannedChange | undefined) ?? plan(input.request);
      const by = read?.by == null ? [] : [note("info", [`Read by ${read.by}.`, ...read.notes].join(" "))];
      return form([...by, ...told(planned)], {
        words: input.request,
        read: input.request,
        draft: draftOf(planned.to),
      });
    }
    const asked = "request" in draft ? textOf(draft, "request") : input.request;
    if (press === "read-again") {
      const [shown, planned] = tried(() => plan(asked));
      return form(shown, { words: asked, read: asked, draft: draftOf((planned ?? plan("")).to) });
    }
    const edited = editedBy(draft, press);
    const readBefore = "read" in draft ? textOf(draft, "read") : input.request;
    const [shown] = tried(() => plan(readBefore, edited.draft));
    return form(shown, { words: asked, read: readBefore, draft: edited.draft }, edited.open);
  },
  read: (values, { input, results, press, by }) => {
    const { question } = results.plan;
    if (press === "cancel") return new Reject(`${by ?? "Somebody"} left the app as it is.`);
    if (question !== undefined) return toTheModel("plan", question, input.answers, values, press);
    if (press === "ask-again" && input.connectionId != null)
      return new GoBack("plan", { request: textOf(values, "request"), answers: null });
    if (press !== undefined) throw new AppError("bad-answer", "Change the app or leave it as it is.");
    if ("request" in values) assertRead(values, words);
    const plan = planIn(apps, { input, results });
    const asked = "request" in values ? textOf(values, "request") : input.request;
    const planned = plan(
      asked,
      editedIn(values, () => plan(asked)),
    );
    if (planned.steps.length === 0)
      throw new AppError("bad-answer", "Nothing is changed yet. Change the plan, or leave the app as it is.");
    return planned;
  },
  detail: ({ steps }) => steps.join(" "),
});

/** Of the words that the run began with a model may have made something. */
const planIn =
  (apps: AppRegistry, { input, results }: Context): Plan =>
  (request, edited) => {
    const { read, unread = [] } = results.plan;
    const isOfModel = read !== undefined && request === input.request;
    const byModel = isOfModel ? { schema: read.schema, unread } : null;
    return plannedNow(apps, { slug: input.slug, request }, edited ?? null, byModel);
  };

/** A form in which nothing was changed is no other plan. */
const editedIn = (values: Values, before: () => PlannedChange): PlanDraft | undefined => {
  if (!isSent(values)) return undefined;
  const edited = readDraft(values);
  const [, planned] = tried(before);
  return planned !== null && JSON.stringify(edited) === JSON.stringify(draftOf(planned.to))
    ? undefined
    : edited;
};

/** What a plan comes to, or why it cannot be had. */
const tried = (plan: () => PlannedChange): [Field[], PlannedChange | null] => {
  try {
    const planned = plan();
    return [told(planned), planned];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [[note("danger", error.message)], null];
  }
};

const told = ({ steps, losses, unread = [], sql, from }: PlannedChange): Field[] => [
  ...unread.map((text) => note("warning", text)),
  ...steps.map((text) => note("info", text)),
  ...losses.map((text) => note("danger", `Lost, unless this is undone: ${text}`)),
  {
    kind: "code",
    label: `What runs on the database of “${from.title}”`,
    text: sql.length === 0 ? "-- The tables stay as they are." : `${sql.join(";\n")};`,
  },
];

const changeForm = (
  shown: readonly Field[],
  now: Parameters<typeof editorFields>[1],
  { connectionId }: ChangeInput,
): Form => ({
  fields: [
    ...shown,
    ...editorFields(words, now, {
      isOpen: shown.some((field) => field.kind === "note" && field.tone === "warning"),
      hasModel: connectionId != null,
    }),
    {
      kind: "group",
      legend: "Before you agree",
      help: "A copy of the data is kept before. If a statement fails, none of them takes effect.",
      open: true,
      fields: [],
      buttons: [{ does: "redraw", value: "show", label: "Show what this does" }],
    },
  ],
  submit: "Change the app",
  buttons: [leave],
});
