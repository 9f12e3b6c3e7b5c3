import { AppError } from "./errors.ts";
import { type AnyField, type FieldGroup, formOf, type Given, type InputField, readFields } from "./fields.ts";
import { drafted } from "./filled.ts";
import type { Values } from "./form.ts";
import type { AskContext } from "./step-context.ts";
import type { Answer, AskOptions } from "./workflow.ts";

interface Asked<I, R, K extends string, F> {
  /** What is asked; a function where it depends on what came before. It is asked once more when the answer is read. */
  fields: readonly F[] | ((ctx: AskContext<I, R, K>) => readonly F[] | Promise<readonly F[]>);
  /** The button. Default: “Answer”. */
  submit?: string;
}

interface Answered<I, R, K extends string, F, A> extends Asked<I, R, K, F> {
  /** What the answer means to the steps after it; it may refuse with AppError("bad-answer", sentence, { field }). Default: just what was typed. */
  answer: (given: Given<F>, ctx: AskContext<I, R, K>) => Answer<R, A> | Promise<Answer<R, A>>;
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
  fields,
  submit = "Answer",
  answer,
}: Asked<I, R, K, F> & Partial<Answered<I, R, K, F, A>>): AskOptions<I, R, A | Given<F>, K> {
  const asked = async (ctx: AskContext<I, R, K>) => (typeof fields === "function" ? fields(ctx) : fields);
  return {
    form: async (ctx) => {
      const form = await formOf(await asked(ctx), submit);
      return ctx.draft === undefined ? form : drafted(form, ctx.draft);
    },
    read: async (values, ctx) => {
      const given = await answered(await asked(ctx), values);
      return answer === undefined ? given : answer(given, ctx);
    },
  };
}

const answered = async <F extends AnyField>(fields: readonly F[], values: Values): Promise<Given<F>> => {
  try {
    return await readFields(fields, values);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "bad-input") throw thrown;
    const { message, field } = thrown;
    throw new AppError("bad-answer", message, { cause: thrown, ...(field === undefined ? {} : { field }) });
  }
};
