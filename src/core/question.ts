import type { Answerers } from "./answerers.ts";
import { AppError } from "./errors.ts";
import {
  type AnyField,
  everyField,
  type FieldGroup,
  formOf,
  type Given,
  type InputField,
  readFields,
} from "./fields.ts";
import { drafted } from "./filled.ts";
import { textsOf, type Values } from "./form.ts";
import type { AskContext } from "./step-context.ts";
import type { Answer, AskOptions } from "./workflow.ts";

interface Asked<I, R, K extends string, F> {
  /** What is asked; a function where it depends on what came before. It is asked once more when the answer is read. */
  fields: readonly F[] | ((ctx: AskContext<I, R, K>) => readonly F[] | Promise<readonly F[]>);
  /** The button. Default: “Answer”. */
  submit?: string;
  /** Left out: everybody who may answer. */
  who?: Omit<Answerers, "atLeast">;
}

interface Answered<I, R, K extends string, F, A> extends Asked<I, R, K, F> {
  /** What the answer means to the steps after it; it may refuse with AppError("bad-answer", sentence, { field }). Default: just what was typed. */
  answer: (given: Given<F>, ctx: AskContext<I, R, K>) => Answer<R, A> | Promise<Answer<R, A>>;
  /** The fields as they were for an answer that was given before, so that they are filled in with it. Default: none. */
  former?: (answer: A) => Partial<Given<F>>;
}

/** An answer is a result like any other and kept in the clear, so no secret is among its fields. */
type OpenField = InputField | FieldGroup<InputField>;

/** The form of an ask step and how its answer is read, from one description of each field. */
export function question<I, R, const F extends OpenField, K extends string = never>(
  options: Asked<I, R, K, F> & { answer?: undefined },
): AskOptions<I, R, Given<F>, K>;
export function question<I, R, const F extends OpenField, A, K extends string = never>(
  options: Answered<I, R, K, F, A>,
): AskOptions<I, R, A, K>;
export function question<I, R, F extends OpenField, A, K extends string>({
  fields: described,
  submit = "Answer",
  who,
  answer,
  former,
}: Asked<I, R, K, F> & Partial<Answered<I, R, K, F, A>>): AskOptions<I, R, A | Given<F>, K> {
  const asked = async (ctx: AskContext<I, R, K>) =>
    typeof described === "function" ? described(ctx) : described;
  return {
    form: async (ctx) => {
      const fields = await asked(ctx);
      const drawn = await formOf(fields, submit, afterwards);
      const form = who === undefined ? drawn : { ...drawn, answerers: who };
      if (ctx.draft !== undefined) return drafted(form, ctx.draft);
      if (ctx.previous === undefined) return form;
      // What was answered before is of the type that this very question gives.
      const given = answer === undefined ? ctx.previous : former?.(ctx.previous as A);
      // Everybody sees the question.
      const typed = Object.entries(asTyped(given)).filter(
        ([name]) => !privatesOf(fields).some((field) => field.name === name),
      );
      return drafted(form, Object.fromEntries(typed));
    },
    read: async (values, ctx) => {
      const fields = await asked(ctx);
      const given = await answered(fields, values);
      for (const field of privatesOf(fields))
        for (const text of await textsTyped(field, values)) ctx.hides?.(text);
      return answer === undefined ? given : answer(given, ctx);
    },
  };
}

/** What a private field of a question says. */
const afterwards = "Shown to nobody once it is answered.";

const privatesOf = (fields: readonly AnyField[]) =>
  everyField(fields).filter(({ private: isPrivate }) => isPrivate === true);

/** What was typed into a field, and under which words that was offered. */
const textsTyped = async (
  { name, draw }: Pick<InputField, "name" | "draw">,
  values: Values,
): Promise<readonly string[]> => {
  const typed = textsOf(values, name).map((text) => text.trim());
  const drawn = await draw();
  const options = drawn !== null && "options" in drawn ? drawn.options : [];
  return [...typed, ...options.filter(({ value }) => typed.includes(value)).map(({ label }) => label)];
};

/** What was read of fields as it is typed into them: a connection by its id; what is no text of a field stays as it is drawn. */
const asTyped = (given: unknown): Values =>
  Object.fromEntries(
    Object.entries(given ?? {}).flatMap(([name, value]) => {
      const typed = typedOf(value);
      return typed === null ? [] : [[name, typed] as const];
    }),
  );

const typedOf = (value: unknown): string | readonly string[] | null => {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? "on" : "";
  if (Array.isArray(value)) return value.every((one) => typeof one === "string") ? value : null;
  return typeof value === "object" && "id" in value && typeof value.id === "string" ? value.id : null;
};

const answered = async <F extends AnyField>(fields: readonly F[], values: Values): Promise<Given<F>> => {
  try {
    return await readFields(fields, values);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "bad-input") throw thrown;
    const { message, field } = thrown;
    throw new AppError("bad-answer", message, { cause: thrown, ...(field === undefined ? {} : { field }) });
  }
};
