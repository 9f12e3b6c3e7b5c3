import type {
  CheckboxOptions,
  NumberOptions,
  PlainTextOptions,
  Privacy,
  SecretOptions,
  TextOptions,
} from "./field-options.ts";
import { assertField } from "./field-shapes.ts";
import { type InputField, type JsonSchema, readAs, type SecretField, wrong } from "./fields.ts";
import { textOf, textsOf } from "./form.ts";
import { newlines } from "./newlines.ts";
import { refuse } from "./shape.ts";
import { upload } from "./upload.ts";

/** What a field says of that. */
export const privacyOf = ({ private: isPrivate }: Privacy): Privacy =>
  isPrivate === true ? { private: true } : {};

/** A text, trimmed. `read` makes more of it than a text; it refuses with AppError("bad-input", sentence). */
export const text = <const N extends string, T = string>(
  name: N,
  label: string,
  options: PlainTextOptions & { read?: (typed: string) => T | Promise<T> } = {},
): InputField<N, T> => {
  assertField("text", name, label, options);
  const { read, preset, longest, shape, placeholder, private: _, ...drawn } = options;
  return {
    name,
    ...privacyOf(options),
    ...(options.accept === undefined ? {} : { file: true }),
    draw: async () => {
      const shown = typeof placeholder === "function" ? await placeholder() : placeholder;
      return {
        kind: "text",
        name,
        label,
        ...drawn,
        ...(shown === undefined ? {} : { placeholder: shown }),
        ...(preset === undefined ? {} : { value: preset }),
      };
    },
    read: async (values) => {
      const sent = textOf(values, name) || (preset ?? "");
      const typed = checked(name, label, options, options.multiline === true ? newlines(sent) : sent);
      // Without `read` T is the text itself, as its default says.
      return read === undefined ? (typed as T) : readAs(name, () => read(typed));
    },
    schema: { ...textSchema(label, options), ...(preset === undefined ? {} : { default: preset }) },
    required: options.required === true && preset === undefined,
  };
};

/** Files that are chosen, as many as one likes; read as the names under which they are kept. */
export const files = <const N extends string>(
  name: N,
  label: string,
  { help, accept }: { help?: string; accept: string },
): InputField<N, readonly string[]> => {
  const told = help === undefined ? {} : { help };
  return {
    name,
    file: true,
    draw: () => ({ kind: "text", name, label, ...told, accept, several: true }),
    read: async (values) => {
      const sent = textsOf(values, name).flatMap((lines) => lines.split("\n"));
      const names = sent.map((one) => one.trim()).filter((one) => one !== "");
      if (!names.every((one) => upload.shape.is.test(one))) throw wrong(name, upload.shape.says);
      return names;
    },
    schema: {
      ...{ type: "array", title: label, items: { type: "string", pattern: upload.shape.is.source } },
      ...(help === undefined ? {} : { description: help }),
    },
    required: false,
  };
};

/** A shorter secret stands by chance in what has nothing to do with it. */
const shortestTold = 6;

/**
 * A text that is typed unseen and kept sealed. `tells` gives what may be kept of it in the clear, such as the names of variables; where that
 * repeats whole lines of it, `hides` finds what of them is secret.
 */
export const secret = <const N extends string, T = undefined>(
  name: N,
  label: string,
  options: SecretOptions<T> = {},
): SecretField<N, T> => {
  assertField("secret", name, label, options);
  const { tells, hides, longest, shape, private: _, ...drawn } = options;
  return {
    name,
    ...privacyOf(options),
    draw: () => ({ kind: "text", name, label, ...drawn, secret: true }),
    read: async (values) => {
      const typed = checked(name, label, options, textOf(values, name));
      const told = tells === undefined ? undefined : await readAs(name, () => tells(typed));
      const held = JSON.stringify(told ?? null).includes(JSON.stringify(typed).slice(1, -1));
      if (held && typed.length >= shortestTold)
        throw new Error(`What the field "${name}" tells of its secret holds the secret itself.`);
      // Without `tells` T is undefined, as its default says.
      return told as T;
    },
    schema: { ...textSchema(label, options), writeOnly: true },
    required: options.required === true,
    secret: true,
    ...(hides === undefined ? {} : { hides }),
  };
};

const checked = (
  name: string,
  label: string,
  options: Omit<TextOptions, "placeholder">,
  typed: string,
): string => {
  const { required, shape, multiline, longest = multiline === true ? longestLines : longestLine } = options;
  if (typed === "" && required !== true) return typed;
  // Before its shape: an expression may take for ever over a text without end.
  if (typed.length > longest)
    throw wrong(name, `Give at most ${longest.toLocaleString("en")} characters for “${label}”.`);
  if (shape !== undefined && !shape.is.test(typed)) throw wrong(name, shape.says);
  if (typed === "") throw wrong(name, `Fill in “${label}”.`);
  if (multiline !== true && /\p{Cc}/u.test(typed)) throw wrong(name, `Give “${label}” on one line.`);
  return typed;
};

/** Where nothing is said of how long a text may be. */
const [longestLine, longestLines] = [10_000, 1_000_000];

const textSchema = (
  label: string,
  { help, longest, shape, required }: Omit<TextOptions, "placeholder">,
): JsonSchema => ({
  type: "string",
  title: label,
  ...(help === undefined ? {} : { description: help }),
  ...(longest === undefined ? {} : { maxLength: longest }),
  ...(shape === undefined || required !== true ? {} : { pattern: shape.is.source }),
});

type NumberOf<O> = O extends { preset: number } | { required: true } ? number : number | null;

/** A number; null where none was given, none is required and there is no preset. */
export const number = <const N extends string, const O extends NumberOptions>(
  name: N,
  label: string,
  options: O,
): InputField<N, NumberOf<O>> => {
  assertField("number", name, label, options);
  const { help, min, max, unit, preset, required, fractions } = options;
  // Only when it is said: a number in words asks Node for its languages, which takes a start longer than anything else here.
  const refusal = () =>
    wrong(name, `Give a ${fractions === true ? "" : "whole "}number${rangeOf(options)} for “${label}”.`);
  const [least, most] = [min ?? -Infinity, max ?? Infinity];
  if (least > most || (preset !== undefined && (preset < least || preset > most)))
    refuse(`number("${name}", …): \`max\` must not be below \`min\`, and \`preset\` must lie between them.`);
  return {
    name,
    ...privacyOf(options),
    draw: () => ({
      kind: "number",
      name,
      label,
      ...(help === undefined ? {} : { help }),
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(unit === undefined ? {} : { unit }),
      ...(preset === undefined ? {} : { value: String(preset) }),
    }),
    read: async (values) => {
      const typed = textOf(values, name);
      if (typed === "" && required !== true) return (preset ?? null) as NumberOf<O>;
      const value = Number(typed);
      const fits =
        /^-?\d+(\.\d+)?$/.test(typed) &&
        (fractions === true || Number.isSafeInteger(value)) &&
        value >= (min ?? value) &&
        value <= (max ?? value);
      if (!fits) throw refusal();
      return value as NumberOf<O>;
    },
    schema: {
      type: fractions === true ? "number" : "integer",
      title: label,
      ...(help === undefined ? {} : { description: help }),
      ...(min === undefined ? {} : { minimum: min }),
      ...(max === undefined ? {} : { maximum: max }),
      ...(preset === undefined ? {} : { default: preset }),
    },
    required: required === true,
  };
};

const rangeOf = ({ min, max }: NumberOptions): string => {
  const [low, high] = [min?.toLocaleString("en"), max?.toLocaleString("en")];
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  if (low !== undefined) return ` of at least ${low}`;
  return high === undefined ? "" : ` of at most ${high}`;
};

/** A box to tick. */
export const checkbox = <const N extends string>(
  name: N,
  label: string,
  options: CheckboxOptions = {},
): InputField<N, boolean> => {
  assertField("checkbox", name, label, options);
  const { help, preset = false } = options;
  const helped = (as: "help" | "description") => (help === undefined ? {} : { [as]: help });
  return {
    name,
    ...privacyOf(options),
    draw: () => ({ kind: "checkbox", name, label, checked: preset, ...helped("help") }),
    read: async (values) => textOf(values, name) !== "",
    schema: { type: "boolean", title: label, ...helped("description") },
    required: false,
  };
};
