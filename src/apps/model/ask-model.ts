import { z } from "zod";
import { spelled } from "#apps/runtime/csv-targets.ts";
import { columnTypes } from "#apps/runtime/kinds.ts";
import { AppError } from "#core/errors.ts";
import type { DoContext } from "#core/step-context.ts";
import type { Answer } from "./plan-answer.ts";

interface Message {
  role: "system" | "user" | "assistant";
  content: string;
}

/** A language model as its connector speaks to it. */
export interface Model {
  model: string;
  /** Host and port, for sentences. */
  host: string;
  askForJson(
    messages: readonly Message[],
    schema: object,
    signal: AbortSignal,
    listener: { heard(heard: { said: number; thought: number }): void; again(why: string): void },
  ): Promise<{ json: unknown; text: string; tokens: number | null }>;
}

/** A question of a model's. `answer` null: it is to plan with what is known, and to ask nothing more. */
export interface Answered {
  question: string;
  answer: string | null;
}

/** What a model asks instead of giving a plan. */
export interface ModelQuestion {
  text: string;
  /** Answers that it offers. */
  choices: string[];
}

export interface ModelTask<Plan> {
  /** What it is to do, and how it is to answer. */
  instructions: string;
  /** A person's own words. */
  request: string;
  answers?: readonly Answered[] | null | undefined;
  shape: z.ZodType<Answer>;
  /** What an answer comes to, with what the model says beside it. Throws AppError where it does not fit. */
  planOf(answer: Answer, beside: string[]): Plan;
  /** What is left of one that does not fit the second time either; null: nothing. */
  without?(answer: Answer, beside: string[]): Plan | null;
}

/** How tables, formulas and rules are written, for a model. */
export const grammar = `Types: ${columnTypes.join(", ")}. "reference" points to another table by its title in "to"; type "many" with "to" is for rows that have many of each other. "money" says its "currency" where the description does. Only "text" may have "options"; give the states of a workflow as options of a column "Status", the first state first. Every table has id, created and changed times already: leave them out. Titles are plural.
Where the description says so, a column has "unique":true, "initial" (what new rows begin with; "today" or "now" for dates), or "computed": a formula instead of a value that is entered; and a table has "rules". Formulas and rules name columns by their labels in lower case with underscores, a reference "Product" as product_id, what it points to as product.price, and have + - * / & = != < > and, or, not, if(a, b, c), sum(sales.quantity), count(loans, returned_on = none), days(a, b), later(a, 14), today().
Rules: "stock >= 0" | "unique member_id, class_id" | "no overlap per room_id from starts_at until ends_at" | "status to sold sets sold_on = today() and product.stock = product.stock - quantity" | "status moves open > done".
Decide yourself what can be changed in the plan afterwards. Only where no sensible plan is possible without it, ask the user one short question in the language of the description instead of giving tables: {"question":"…","choices":["…","…"]}, with up to eight short choices where there are some.`;

/** So often it may ask; then it has to plan with what is known. */
export const mostQuestions = 3;
const askNoMore = "Ask nothing more: answer with the tables, and say in “notes” what you assume.";

/**
 * Has a model plan, or ask. An answer that does not fit is sent back once with what is wrong. Throws AppError("remote-odd") when it does not fit the
 * second time either, and what `Model` throws.
 */
export const askModel = async <Plan extends object>(
  model: Model,
  task: ModelTask<Plan>,
  { signal, log, progress }: Pick<DoContext<unknown, unknown>, "signal" | "log" | "progress">,
): Promise<Plan | ModelQuestion> => {
  const messages = conversation(task);
  if (!mayAsk(task)) messages.push({ role: "user", content: askNoMore });
  const listener: Parameters<Model["askForJson"]>[3] = {
    heard: ({ said, thought }) =>
      said > 0
        ? progress(said, null, `characters of ${model.model}'s answer`)
        : progress(thought, null, `characters that ${model.model} thought so far`),
    again: log,
  };
  for (let tries = 1; ; tries++) {
    log(`Asking ${model.model} at ${model.host}`);
    progress(0, null, `characters of ${model.model}'s answer`);
    const schema = z.toJSONSchema(task.shape, { io: "input" });
    const { json, text, tokens } = await model.askForJson(messages, schema, signal, listener);
    if (tokens !== null) log(`${model.model} answered; that took ${tokens.toLocaleString("en")} tokens`);
    const read = json === undefined ? { problem: "There is no JSON object in it." } : readAs(task, json);
    if (!isMisfit(read)) return read;
    const left = tries === 2 ? read.without?.() : null;
    if (left != null) return left;
    if (tries === 2)
      throw new AppError("remote-odd", `${model.model} gave a plan that does not fit: ${read.problem}`, {
        detail: text.slice(0, 500),
      });
    log(`The plan does not fit: ${read.problem}`, "warn");
    messages.push(
      { role: "assistant", content: text },
      { role: "user", content: `That does not fit: ${read.problem} Answer with the whole corrected JSON.` },
    );
  }
};

/** A model that is busy or away for a moment is asked again, so often in all. */
const mostAttempts = 3;

/** Why a model is asked no more, so that others step in; all else is thrown on. */
export const givenUp = (error: unknown, attempt: number): AppError => {
  if (!(error instanceof AppError) || error.code === "cancelled") throw error;
  if (error.canPass && attempt < mostAttempts) throw error;
  return error;
};

/** What was answered, as the model's own conversation. */
const conversation = ({ instructions, request, answers }: ModelTask<unknown>): Message[] => [
  { role: "system", content: instructions },
  { role: "user", content: request },
  ...(answers ?? []).flatMap(({ question, answer }): Message[] => [
    { role: "assistant", content: JSON.stringify({ question }) },
    { role: "user", content: answer ?? "Plan with what is known." },
  ]),
];

const mayAsk = ({ answers }: ModelTask<unknown>): boolean =>
  (answers ?? []).length < mostQuestions && (answers ?? []).every(({ answer }) => answer !== null);

const [longestQuestion, mostChoices] = [300, 8];

interface Misfit<Plan> {
  problem: string;
  without?: () => Plan | null;
}

const isMisfit = <Plan>(read: Plan | ModelQuestion | Misfit<Plan>): read is Misfit<Plan> =>
  typeof read === "object" && read !== null && "problem" in read;

const readAs = <Plan>(task: ModelTask<Plan>, json: unknown): Plan | ModelQuestion | Misfit<Plan> => {
  const read = task.shape.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    return { problem: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not understood"}.` };
  }
  const { tables, remove, notes, choices } = read.data;
  const question = read.data.question?.trim().slice(0, longestQuestion) ?? "";
  if (tables.length === 0 && (remove ?? []).length === 0) {
    if (question === "") return { problem: "There is no table." };
    if (!mayAsk(task)) return { problem: askNoMore };
    const offered = (choices ?? []).map((one) => String(one).trim().slice(0, 60));
    return {
      text: question,
      choices: [...new Set(offered)].filter((one) => one !== "").slice(0, mostChoices),
    };
  }
  const twice = tables.find(({ title }, at) =>
    tables.slice(0, at).some((one) => spelled(one.title) === spelled(title)),
  );
  if (twice !== undefined)
    return { problem: `Two tables are called “${twice.title}”. Give each another title.` };
  const beside = [...(notes ?? []), ...(question === "" ? [] : [`The model asks: ${question}`])];
  try {
    return task.planOf(read.data, beside);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { problem: error.message, without: () => task.without?.(read.data, beside) ?? null };
  }
};
