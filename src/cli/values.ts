import { readFileSync } from "node:fs";
import { AppError } from "#core/errors.ts";
import type { Field, Form } from "#core/form.ts";
import type { Given } from "./client.ts";

/**
 * `name=value` words as values of a form; a name that is given twice has both. `name=@file` is what the file holds, `name=@-` what comes
 * by standard input, so that a secret stands in no list of processes; `name=@@x` begins with one @. Throws AppError("bad-input").
 */
export const readValues = (words: readonly string[], read: (file: string) => string = readText): Given => {
  const values: Record<string, string | string[]> = {};
  for (const word of words) {
    const [, name, text = ""] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (name === undefined)
      throw new AppError(
        "bad-input",
        `“${word}” is not usable: write the name of a field, =, and its value.`,
      );
    const value = textBehind(text, read);
    const before = values[name];
    values[name] = before === undefined ? value : [before, value].flat();
  }
  return values;
};

const textBehind = (text: string, read: (file: string) => string): string => {
  if (text.startsWith("@@")) return text.slice(1);
  return text.startsWith("@") ? read(text.slice(1)) : text;
};

const readText = (file: string): string => {
  try {
    // The line feed at its end is the file's, not the value's.
    return readFileSync(file === "-" ? 0 : file, "utf8").replace(/\r?\n$/, "");
  } catch (cause) {
    throw new AppError("bad-input", `The file ${file} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
};

/** The fields that take a value, those in groups and rows too. */
export const inputsOf = (fields: readonly Field[]): readonly NamedField[] =>
  fields.flatMap((field) => {
    if (field.kind === "group" || field.kind === "row") return inputsOf(field.fields);
    return "name" in field ? [field] : [];
  });
export type NamedField = Extract<Field, { name: string }>;

/** What a form has without anybody's doing: choices that are made already, hidden fields. */
export const preselected = ({ fields }: Form): Given =>
  Object.fromEntries(
    inputsOf(fields).flatMap((field) => {
      const value = presetOf(field);
      return value === undefined || value.length === 0 ? [] : [[field.name, value]];
    }),
  );

const presetOf = (field: NamedField): string | readonly string[] | undefined => {
  if (field.kind === "many") return field.values;
  if (field.kind === "checkbox") return field.checked ? "on" : undefined;
  return field.value;
};

/**
 * What was given, as the form takes it: an entry of a list may be given as it is called, and several with commas. Refuses names that the form
 * does not ask for: a typing mistake must not start something else. Throws AppError("bad-input").
 */
export const meant = (given: Given, { fields }: Form): Given => {
  const inputs = inputsOf(fields);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const field = inputs.find((one) => one.name === name);
      if (field === undefined) {
        const asked = inputs.map((one) => one.name);
        const known = asked.length === 0 ? "It asks for nothing." : `It asks for: ${asked.join(", ")}.`;
        throw new AppError("bad-input", `There is no field “${name}”. ${known}`);
      }
      return [name, entriesMeant(field, value)];
    }),
  );
};

const entriesMeant = (field: NamedField, given: string | readonly string[]): string | readonly string[] => {
  if (field.kind !== "many" && field.kind !== "select" && field.kind !== "choice") return given;
  const entry = (text: string): string | undefined =>
    field.options.find(({ value }) => value === text)?.value ??
    field.options.find(({ label }) => label === text)?.value;
  if (field.kind !== "many") return typeof given === "string" ? (entry(given) ?? given) : given;
  return [given].flat().flatMap((text) => {
    const whole = entry(text);
    if (whole !== undefined) return [whole];
    return text.split(",").map((one) => entry(one.trim()) ?? one.trim());
  });
};
