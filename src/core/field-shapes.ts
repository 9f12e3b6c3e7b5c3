import type {
  CheckboxOptions,
  ConnectionOptions,
  ManyOptions,
  NumberOptions,
  OneOptions,
  PlainTextOptions,
  SecretOptions,
} from "./field-options.ts";
import {
  aFunction,
  aNumber,
  anObject,
  aPattern,
  assertShape,
  aText,
  either,
  type Kind,
  listOf,
  needed,
  refuse,
  type Shape,
  someTexts,
  wholeAboveZero,
  within,
  yesOrNo,
} from "./shape.ts";

const every = { help: aText, private: yesOrNo };

const typed = {
  ...{ ...every, placeholder: aText, required: yesOrNo, multiline: yesOrNo, autocomplete: aText },
  ...{ accept: aText, longest: wholeAboveZero },
  shape: within<{ is: RegExp; says: string }>({ is: needed(aPattern), says: needed(aText) }),
};

const entry: Kind = (value) =>
  anObject(value) ??
  aText((value as { value?: unknown }).value) ??
  aText((value as { label?: unknown }).label);

const listed = {
  ...{ ...every, whenEmpty: aText, otherwise: aText },
  options: needed(
    either("a list of { value, label }, or a function that gives one", aFunction, listOf("", entry)),
  ),
};

const fieldShapes = {
  text: {
    ...typed,
    placeholder: either("a text or a function", aText, aFunction),
    ...{ preset: aText, inputMode: aText, suggestions: someTexts, read: aFunction },
  } satisfies Shape<PlainTextOptions & { read?: unknown }>,
  secret: { ...typed, tells: aFunction, hides: aPattern } satisfies Shape<SecretOptions<unknown>>,
  number: {
    ...{ ...every, min: aNumber, max: aNumber, unit: aText, preset: aNumber },
    ...{ required: yesOrNo, fractions: yesOrNo },
  } satisfies Shape<NumberOptions>,
  checkbox: { ...every, preset: yesOrNo } satisfies Shape<CheckboxOptions>,
  select: { ...listed, none: aText, preset: aText } satisfies Shape<OneOptions<string> & { none?: string }>,
  choice: { ...listed, columns: someTexts, preset: aText } satisfies Shape<
    OneOptions<string> & { columns?: unknown }
  >,
  many: { ...listed, preset: someTexts } satisfies Shape<ManyOptions<string>>,
  connection: {
    ...{ from: needed(anObject), kind: needed(aText), what: needed(aText) },
    ...{ whenEmpty: needed(aText), builtInMark: needed(aText) },
  } satisfies Shape<ConnectionOptions>,
} as const;

/** Throws an Error that names the field where its label or options are not what the compiler would ask of them. */
export const assertField = (
  kind: keyof typeof fieldShapes,
  name: string,
  label: unknown,
  options: unknown,
): void => {
  const whose = `${kind}("${name}", …)`;
  if (typeof label !== "string" || label.trim() === "") refuse(`${whose}: it needs a label behind its name.`);
  assertShape(whose, options, fieldShapes[kind]);
};
