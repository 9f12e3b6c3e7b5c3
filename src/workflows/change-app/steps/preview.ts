import { draftOf, editDraft, type PlanDraft, readDraft } from "#apps/plan/plan-draft.ts";
import { planFields } from "#apps/plan/plan-form.ts";
import type { AppRegistry } from "#apps/registry.ts";
import { AppError } from "#core/errors.ts";
import { type Field, type Form, textOf, type Values } from "#core/form.ts";
import { Reject } from "#core/reject.ts";
import type { AskOptions } from "#core/workflow.ts";
import type { ChangeInput } from "#workflows/change-app/input.ts";
import { type PlannedChange, plannedNow } from "#workflows/change-app/planned.ts";
import type { Host } from "#workflows/host.ts";

/** What would change, down to the very statements, before anything does; and the plan itself, to change it by hand. */
export const previewChange = ({
  apps,
}: Pick<Host, "apps">): AskOptions<ChangeInput, object, PlannedChange> => ({
  form: ({ input, draft, press, previous }): Form => {
    if (draft === undefined) {
      const planned = (previous as PlannedChange | undefined) ?? plannedNow(apps, input);
      return changeForm(told(planned), draftOf(planned.to), null, input);
    }
    const asked = askedIn(draft, input);
    if (press === "read-again") return readAgain(apps, asked);
    const edited = press === undefined ? readDraft(draft) : editDraft(readDraft(draft), press);
    const touched = /^(?:add|remove|up)-(?:column|rule):(\d+)/.exec(press ?? "")?.[1];
    const open = touched === undefined ? null : Number(touched);
    const read = "read" in draft ? { ...input, request: textOf(draft, "read") } : input;
    return changeForm(toldOf(apps, read, edited), edited, open, asked, read);
  },
  read: (values, { input, press, by }) => {
    if (press === "cancel") return new Reject(`${by ?? "Somebody"} left the app as it is.`);
    if (press !== undefined) throw new AppError("bad-answer", "Change the app or leave it as it is.");
    const asked = askedIn(values, input);
    if ("read" in values && textOf(values, "read") !== asked.request)
      throw new AppError("bad-answer", "Press “Read it again” first: the plan below is not of these words.", {
        field: "request",
      });
    const planned = plannedNow(apps, asked, editedIn(values, apps, asked));
    if (planned.steps.length === 0)
      throw new AppError("bad-answer", "Nothing is changed yet. Change the plan, or leave the app as it is.");
    return planned;
  },
  detail: ({ steps }) => steps.join(" "),
});

/** The request as it stands in the form by now. */
const askedIn = (values: Values, input: ChangeInput): ChangeInput =>
  "request" in values ? { ...input, request: textOf(values, "request") } : input;

/** What other words come to; where they come to nothing, the app as it is and why. */
const readAgain = (apps: AppRegistry, asked: ChangeInput): Form => {
  try {
    const planned = plannedNow(apps, asked);
    return changeForm(told(planned), draftOf(planned.to), null, asked);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const asIs = plannedNow(apps, { ...asked, request: "" });
    return changeForm([notDone(error.message)], draftOf(asIs.to), null, asked);
  }
};

const notDone = (text: string): Field => ({ kind: "note", tone: "danger", text });

/** A program that agrees to the change as it is sends no fields; a form in which nothing was changed is no other plan. */
const editedIn = (values: Values, apps: AppRegistry, input: ChangeInput): PlanDraft | null => {
  if (!("title" in values) && !("t0" in values)) return null;
  const edited = readDraft(values);
  try {
    return JSON.stringify(edited) === JSON.stringify(draftOf(plannedNow(apps, input).to)) ? null : edited;
  } catch (error) {
    if (error instanceof AppError) return edited;
    throw error;
  }
};

/** What a plan in the middle of being changed comes to, or why it cannot be had. */
const toldOf = (apps: AppRegistry, input: ChangeInput, edited: PlanDraft): Field[] => {
  try {
    return told(plannedNow(apps, input, edited));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [notDone(error.message)];
  }
};

const told = ({ steps, losses, unread = [], sql, from }: PlannedChange): Field[] => [
  ...unread.map((text): Field => ({ kind: "note", tone: "warning", text })),
  ...steps.map((text): Field => ({ kind: "note", tone: "info", text })),
  ...losses.map(
    (text): Field => ({ kind: "note", tone: "danger", text: `Lost, unless this is undone: ${text}` }),
  ),
  {
    kind: "code",
    label: `What runs on the database of “${from.title}”`,
    text: sql.length === 0 ? "-- The tables stay as they are." : `${sql.join(";\n")};`,
  },
];

const changeForm = (
  shown: readonly Field[],
  draft: PlanDraft,
  open: number | null,
  { request }: ChangeInput,
  read: Pick<ChangeInput, "request"> = { request },
): Form => ({
  fields: [
    ...shown,
    {
      kind: "group",
      legend: "Say it differently",
      open: shown.some((field) => field.kind === "note" && field.tone === "warning"),
      fields: [
        {
          kind: "text",
          name: "request",
          label: "What should change?",
          multiline: true,
          value: request,
          help: "“Read it again” replaces the plan below by what these words come to.",
        },
      ],
      buttons: [{ does: "redraw", value: "read-again", label: "Read it again" }],
    },
    { kind: "hidden", name: "read", value: read.request },
    ...planFields(draft, open),
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
  buttons: [{ does: "answer", value: "cancel", label: "Leave it as it is" }],
});
