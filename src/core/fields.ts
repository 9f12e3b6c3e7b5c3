import { AppError } from "./errors.ts";
import type { Field, Form, Values } from "./form.ts";

/** The part of JSON Schema (2020-12) that describes what a field takes. */
export interface JsonSchema {
  type: "string" | "number" | "integer" | "boolean" | "array" | "object";
  title?: string;
  description?: string;
  default?: string | number | boolean;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  pattern?: string;
  writeOnly?: boolean;
  /** What is typed is not for those with whom a run is shared. */
  "x-private"?: true;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

/** A field as it is drawn now, nothing when it is left out, or why the whole form cannot be filled in. */
export type Drawn = Field | null | { impossible: string };

/** A field described once: how it is drawn, how what was typed is read, its type, and its schema for programs. */
interface DescribedField<N extends string, T> {
  name: N;
  draw: () => Drawn | Promise<Drawn>;
  /** Throws AppError("bad-input") with the name of the field. */
  read: (values: Values) => Promise<T>;
  schema: JsonSchema;
  required: boolean;
  /** What is typed is not for those with whom a run is shared, and in no report. */
  private?: true;
  /** A file is chosen for it, and its value is the name under which that is kept. */
  file?: true;
}

export interface InputField<N extends string = string, T = unknown> extends DescribedField<N, T> {
  secret?: undefined;
}

/** Typed unseen, sealed, and never part of the input: `read` gives what may be told of it, `ctx.secret(name)` the text itself. */
export interface SecretField<N extends string = string, T = unknown> extends DescribedField<N, T> {
  secret: true;
  /** Of a text of many lines, what in it is secret by itself: the first group of each match. Left out: every line. */
  hides?: RegExp;
}

/** Fields under a heading that can be folded away. */
export interface FieldGroup<F> {
  legend: string;
  help?: string;
  open?: boolean;
  fields: readonly F[];
}

type OneField = InputField | SecretField;
export type AnyField = OneField | FieldGroup<OneField>;

type Member<F> = F extends FieldGroup<infer G> ? G : F;
type NameOf<M> = M extends DescribedField<infer N, unknown> ? N : never;
type ValueOf<M> = M extends DescribedField<string, infer T> ? T : never;

/** The names of the secrets among fields. */
export type SecretsOf<F> = NameOf<Extract<Member<F>, SecretField>>;

/** What was typed, read: a value by the name of each field. A secret is there only as what may be told of it. */
export type Given<F> = {
  readonly [M in Member<F> as ValueOf<M> extends undefined ? never : NameOf<M>]: ValueOf<M>;
};

export const group = <F extends OneField>(
  legend: string,
  fields: readonly F[],
  options: { help?: string; open?: boolean } = {},
): FieldGroup<F> => ({ legend, fields, open: false, ...options });

const isGroup = (field: AnyField): field is FieldGroup<OneField> => "fields" in field;

/** All fields, those in groups among them. */
export const everyField = (fields: readonly AnyField[]): readonly OneField[] => {
  const every = fields.flatMap((field) => (isGroup(field) ? field.fields : [field]));
  if (every.every(({ draw, read }) => typeof draw === "function" && typeof read === "function")) return every;
  throw new Error("Every field of a form must be made by text(…), number(…) or another of them.");
};

/** The form as it is now; only why it cannot be filled in when one of the fields has nothing that could be chosen. */
export const formOf = async (
  fields: readonly AnyField[],
  submit: string,
  privacy = "Not shown where the run is shared.",
): Promise<Form> => {
  const drawn = await drawFields(fields, privacy);
  return "impossible" in drawn
    ? { fields: [{ kind: "note", tone: "info", text: drawn.impossible }], submit }
    : { fields: drawn, submit };
};

const drawFields = async (
  fields: readonly AnyField[],
  privacy: string,
): Promise<readonly Field[] | { impossible: string }> => {
  const drawn: Field[] = [];
  for (const field of fields) {
    if (isGroup(field)) {
      const { fields: members, ...head } = field;
      const inside = await drawFields(members, privacy);
      if ("impossible" in inside) return inside;
      drawn.push({ kind: "group", ...head, fields: inside });
      continue;
    }
    const one = await field.draw();
    if (one === null) continue;
    if ("impossible" in one) return one;
    drawn.push(field.private === true ? withPrivacy(one, privacy) : one);
  }
  return drawn;
};

const withPrivacy = (drawn: Field, privacy: string): Field => {
  if (!("help" in drawn || "label" in drawn)) return drawn;
  const { help = "" } = drawn as { help?: string };
  return { ...drawn, help: `${help} ${privacy}`.trim() } as Field;
};

/** Reads what was typed. Throws AppError("bad-input", sentence, { field }) at the first field that cannot be used. */
export const readFields = async <F extends AnyField>(
  fields: readonly F[],
  values: Values,
): Promise<Given<F>> => {
  const given: Record<string, unknown> = {};
  for (const field of everyField(fields)) {
    const value = await field.read(values);
    if (value !== undefined) given[field.name] = value;
  }
  // Each value was read by the field whose type says what it is.
  return given as Given<F>;
};

/** What programs may send for the fields. */
export const schemaOf = (fields: readonly AnyField[]): JsonSchema => {
  const every = everyField(fields);
  return {
    type: "object",
    properties: Object.fromEntries(
      every.map((field) => [
        field.name,
        field.private === true ? { ...field.schema, "x-private": true as const } : field.schema,
      ]),
    ),
    required: every.filter(({ required }) => required).map(({ name }) => name),
  };
};

/** A refusal that names the field. */
export const wrong = (field: string, sentence: string): AppError =>
  new AppError("bad-input", sentence, { field });

/** What an author's own reading of a field gives; a refusal of his that names no field gets the name of this one. */
export const readAs = async <T>(name: string, read: () => T | Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "bad-input" || thrown.field !== undefined)
      throw thrown;
    throw new AppError("bad-input", thrown.message, { field: name, cause: thrown });
  }
};
