import { approvalIn } from "#core/approval.ts";
import { AppError } from "#core/errors.ts";
import type { Form } from "#core/form.ts";
import { permitsOf, seenBy } from "#core/seen-by.ts";
import type { Answer } from "./asked.ts";
import { sayableIn } from "./field-said.ts";
import { type Fills, fillOn, fillStep, type Gone, isCommand } from "./fill.ts";
import { heardIn, wholeIn } from "./phrases.ts";
import { bare, holdsOne, plain, wordsOf } from "./plain.ts";
import { nameOf } from "./told.ts";
import { every } from "./words/languages.ts";

/**
 * What was said in answer to a question's own message: a comment, after the verb where it begins with one ("approve, looks good"), or what
 * goes into the question's only field. Null: it is a command.
 */
export const fillReply = async (fills: Fills, run: string, stepId: string): Promise<Answer | Gone | null> => {
  const { engine, who, text } = fills;
  if (isCommand(text)) return null;
  const whole = await engine.picture(run);
  const picture = seenBy(whole, permitsOf(who, whole));
  const step = picture.steps.find(({ id }) => id === stepId);
  if (step?.form == null || step.state !== "asking")
    throw new AppError("conflict", `That question of ${nameOf(picture)} is not open any more.`);
  const said = approvalIn(step) === null ? null : decisionIn(text, step.form);
  const begun = await fillStep(fills, picture, said?.comment ?? "");
  const { filling } = begun.remembered;
  if (filling === null) return begun;
  const within = { ...fills, before: begun.remembered };
  if (said !== null) return said.press === null ? begun : fillOn({ ...within, text: said.press });
  const isOnly = text !== "" && filling.field !== null && sayableIn(step.form)?.length === 1;
  return isOnly ? fillOn(within) : begun;
};

const conditions = every("conditions");
const negations = every("negations");

/** The button that a sentence presses, by its label, and what it says besides; no button where it only may mean one. */
const decisionIn = (text: string, form: Form): { press: string | null; comment: string } => {
  const typed = text.trim();
  const alone = wholeIn(plain(typed));
  if (alone === "yes") return { press: form.submit, comment: "" };
  if (alone === "no") return { press: labelOf(form, "reject"), comment: "" };
  const [head = "", word = "", mark = ""] = /^(\p{L}+)\s*([,.:;!–-]*)\s*/u.exec(typed) ?? [];
  const press = pressOf(bare(word), form);
  if (press === null) return { press, comment: typed };
  const comment = typed.slice(head.length);
  const words = wordsOf(bare(comment));
  // "approve if it works" and "approve not" are for a person to press.
  const isTurned = holdsOne(words, conditions) || (mark === "" && holdsOne(words, negations));
  return isTurned ? { press: null, comment: typed } : { press, comment };
};

const pressOf = (word: string, form: Form): string | null => {
  const said = heardIn(`${word} it`)[0]?.says;
  if (said === "approve") return form.submit;
  return labelOf(form, said === "reject" ? "reject" : word);
};

const labelOf = ({ buttons = [] }: Form, press: string): string | null =>
  buttons.find(({ does, value }) => does === "answer" && value === press)?.label ?? null;
