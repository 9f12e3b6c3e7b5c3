import { AppError } from "#core/errors.ts";
import { type Field, textOf, type Values } from "#core/form.ts";
import { editDraft, type PlanDraft, readDraft } from "./plan-draft.ts";
import { planFields } from "./plan-form.ts";

export const note = (tone: "info" | "warning" | "danger", text: string): Field => ({
  kind: "note",
  tone,
  text,
});

/** The words that a plan came of, and how they can be said differently. */
export interface Words {
  /** Under which name the form sends them. */
  name: string;
  legend: string;
  label: string;
  help: string;
  /** What the button is called that reads them anew, and what it sends. */
  again: { value: string; label: string };
}

/** The form of a plan: the words as they stand in it by now, those that the plan is of (`read`), and the plan itself, to change it by hand. */
export const editorFields = (
  { name, legend, label, help, again }: Words,
  now: { words: string; read: string; draft: PlanDraft; open: number | null },
  { isOpen, hasModel }: { isOpen: boolean; hasModel: boolean },
): Field[] => [
  {
    ...{ kind: "group", legend, open: isOpen },
    fields: [{ kind: "text", name, label, multiline: true, value: now.words, help }],
    buttons: [
      { does: "redraw", ...again },
      ...(hasModel ? [{ does: "answer" as const, value: "ask-again", label: "Ask the model again" }] : []),
    ],
  },
  { kind: "hidden", name: "read", value: now.read },
  ...planFields(now.draft, now.open),
];

/** What a button of the form, or none, makes of the plan in it, and the table that stays open. */
export const editedBy = (
  values: Values,
  press: string | undefined,
): { draft: PlanDraft; open: number | null } => {
  const touched = /^(?:add|remove|up)-(?:column|rule):(\d+)/.exec(press ?? "")?.[1];
  return {
    draft: press === undefined ? readDraft(values) : editDraft(readDraft(values), press),
    open: touched === undefined ? null : Number(touched),
  };
};

/** Whether a form came with the plan. A program that agrees to it as it is sends no fields; a browser sends at least the title. */
export const isSent = (values: Values): boolean => "title" in values || "t0" in values;

/** Throws AppError("bad-answer") where the words were said differently and the plan is still of those before. */
export const assertRead = (values: Values, { name, again }: Words): void => {
  if ("read" in values && textOf(values, "read") !== textOf(values, name))
    throw new AppError("bad-answer", `Press “${again.label}” first: the plan below is not of these words.`, {
      field: name,
    });
};
