import type { Probe } from "#core/claim.ts";
import { type EachItem, isShare, isWave, type Share, type Wave } from "#core/each.ts";
import type { Form } from "#core/form.ts";
import { GoBack } from "#core/go-back.ts";
import { jsonProblem } from "#core/json-problem.ts";
import { Reject } from "#core/reject.ts";
import type { Outcome, Size } from "#core/run.ts";
import { Skip } from "#core/skip.ts";
import type { Look, Planned, Stays, UndoWaits } from "#core/workflow.ts";

/** Reads what an author's function gave: the value, or what is wrong with it in words that end a sentence. */
export type Shape<T> = (value: unknown) => { problem: null; value: T } | { problem: string };

const is = <T>(value: T): { problem: null; value: T } => ({ problem: null, value });
const wrong = (problem: string): { problem: string } => ({ problem });
const needs = (value: unknown, what: string): { problem: string } =>
  wrong(`${nameOf(value)} where ${what} is needed.`);

const nameOf = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
};
const fieldsOf = (value: unknown): Record<string, unknown> | null =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;

/** Whatever JSON keeps as it is; nothing becomes null. */
export const json: Shape<unknown> = (value) => {
  if (value === undefined) return is(null);
  const problem = jsonProblem(value);
  return problem === null
    ? is(value)
    : wrong(`${problem}, which JSON cannot keep unchanged. Results and answers have to survive JSON.`);
};

/** It is read and written with its step at every look. */
const mostKeptChars = 64 * 1024;

/** What beginning gives to keep; nothing is kept as null. */
export const keepable: Shape<unknown> = (value) => {
  const read = json(value);
  if (read.problem !== null || JSON.stringify(read.value).length <= mostKeptChars) return read;
  return wrong("more than 64 KiB to keep. Keep what it takes to find it again.");
};

/** A result, or the reason why there was nothing to do. */
export const result: Shape<unknown> = (value) => {
  if (!(value instanceof Skip)) return json(value);
  if (typeof value.reason !== "string") return needs(value.reason, "the reason of a Skip");
  const inner = json(value.result);
  return inner.problem === null ? is(value) : inner;
};

/** An answer, or one of the answers that mean something else. */
export const answer: Shape<unknown> = (value) => {
  if (value instanceof GoBack) {
    if (typeof value.to !== "string") return needs(value.to, "a step's id");
    const input = json(value.input);
    return input.problem === null ? is(value) : input;
  }
  if (value instanceof Reject)
    return typeof value.reason === "string" ? is(value) : needs(value.reason, "the reason of a Reject");
  return json(value);
};

export const words: Shape<string> = (value) =>
  typeof value === "string" ? is(value) : needs(value, "a text");
export const wordsOrNone: Shape<string | null> = (value) => (value == null ? is(null) : words(value));
export const yesOrNo: Shape<boolean> = (value) =>
  typeof value === "boolean" ? is(value) : needs(value, "true or false");
/** Null when all of it is gone; what else it gives is not used. */
export const undoWaitsOrDone: Shape<UndoWaits | Stays | null> = (value) => {
  const { waiting, stays } = fieldsOf(value) ?? {};
  if (typeof waiting === "string") return look(value) as ReturnType<Shape<UndoWaits>>;
  return is(typeof stays === "string" && stays.trim() !== "" ? { stays } : null);
};

export const onFailure: Shape<"stop" | "undo"> = (value) =>
  value === "stop" || value === "undo" ? is(value) : needs(value, "“stop” or “undo”");

export const form: Shape<Form> = (value) => {
  const given = fieldsOf(value);
  if (given === null || !Array.isArray(given.fields) || typeof given.submit !== "string")
    return needs(value, "a form with fields and a button");
  if (given.answerers !== undefined && !areAnswerers(given.answerers))
    return wrong("a form that does not say who may answer it in lists of names and of roles.");
  const problem = jsonProblem(value);
  return problem === null
    ? is(value as Form)
    : wrong(`a form with ${problem}, which JSON cannot keep unchanged.`);
};

const areAnswerers = (value: unknown): boolean => {
  const { people = [], roles: named = [], atLeast = 1 } = fieldsOf(value) ?? { people: null };
  const isList = (list: unknown) => Array.isArray(list) && list.every((one) => typeof one === "string");
  return isList(people) && isList(named) && Number.isInteger(atLeast) && Number(atLeast) > 0;
};

export const question: Shape<Form | Skip<unknown>> = (value) =>
  value instanceof Skip ? (result(value) as ReturnType<Shape<Skip<unknown>>>) : form(value);

export const look: Shape<Look<unknown> | Skip<unknown>> = (value) => {
  if (value instanceof Skip) return result(value) as ReturnType<Shape<Skip<unknown>>>;
  const given = fieldsOf(value);
  if (given !== null && "done" in given) {
    const done = json(given.done);
    const progress = given.progress === undefined ? null : jsonProblem(given.progress);
    if (done.problem !== null) return done;
    return progress === null ? is({ ...given, done: done.value } as Look<unknown>) : wrong(`${progress}.`);
  }
  if (given === null || typeof given.waiting !== "string")
    return needs(value, "{ done } or { waiting: a text }");
  const problem = jsonProblem(value);
  return problem === null
    ? is(value as Look<unknown>)
    : wrong(`${problem}, which JSON cannot keep unchanged.`);
};

export const sizeOrNone: Shape<Size | null> = (value) => {
  if (value == null) return is(null);
  const given = fieldsOf(value);
  return given !== null && Number.isFinite(given.count) && typeof given.what === "string"
    ? is({ count: Number(given.count), what: given.what })
    : needs(value, "{ count: a number, what: a text }");
};

export const probe: Shape<Probe<unknown>> = (value) => {
  const given = fieldsOf(value);
  if (given === null || typeof given.happened !== "boolean" || typeof given.checked !== "string")
    return needs(value, "{ happened: true or false, checked: a text }");
  if (!given.happened) return is({ happened: false, checked: given.checked });
  const found = json(given.result);
  return found.problem === null ? is({ happened: true, result: found.value, checked: given.checked }) : found;
};

export const planned: Shape<Planned<unknown>> = (value) => {
  const given = fieldsOf(value);
  return given !== null && Array.isArray(given.lines)
    ? is(value as Planned<unknown>)
    : needs(value, "{ lines: a list }");
};

/** The list of an each step, or why there is none. */
export const list: Shape<readonly EachItem<unknown>[] | Skip<unknown>> = (value) => {
  if (value instanceof Skip) return result(value) as ReturnType<Shape<Skip<unknown>>>;
  if (!Array.isArray(value)) return needs(value, "a list of items");
  for (const one of value as unknown[]) {
    const { key, title = key } = fieldsOf(one) ?? {};
    if (typeof key !== "string" || key === "" || typeof title !== "string")
      return wrong("a list in which an item has no key, which is a text that tells it from the others.");
  }
  const problem = jsonProblem(value);
  return problem === null
    ? is(value as EachItem<unknown>[])
    : wrong(`a list with ${problem}, which JSON cannot keep unchanged.`);
};

export const atOnce: Shape<number> = (value) =>
  Number.isInteger(value) && Number(value) > 0 ? is(Number(value)) : needs(value, "a whole number above 0");
export const share: Shape<Share> = (value) =>
  isShare(value) ? is(value) : needs(value, "a whole number above 0, or a share such as “10 %”,");
export const waves: Shape<readonly Wave[]> = (value) =>
  Array.isArray(value) && value.every(isWave)
    ? is(value)
    : needs(value, "a list of waves such as [1, “10 %”, “rest”]");

export const outcome: Shape<Outcome> = (value) => {
  const given = fieldsOf(value);
  if (given === null || typeof given.sentence !== "string") return needs(value, "{ sentence: a text }");
  const problem = jsonProblem(value);
  return problem === null
    ? is(value as Outcome)
    : wrong(`an outcome with ${problem}, which JSON cannot keep unchanged.`);
};
