import { AppError, httpStatus } from "#core/errors.ts";
import type { Field, Form } from "#core/form.ts";
import { from, own } from "./schedule-form.ts";

/** The field of the form that an error is about: one of ours, or where it fills in one of the workflow's. */
export const fieldOf = (field: string | undefined, form: Form, isTyped = false): string | null => {
  if (field === undefined || isTyped) return field ?? null;
  const names = everyName(form.fields);
  return [own + field, from + field, field].find((one) => names.includes(one)) ?? null;
};

const everyName = (fields: readonly Field[]): string[] =>
  fields.flatMap((field) =>
    "fields" in field ? everyName(field.fields) : "name" in field ? [field.name] : [],
  );

/** What is shown of an error that is about what was typed; all others are thrown on. */
export const formError = (thrown: unknown, field: (name: string | undefined) => string | null) => {
  if (!(thrown instanceof AppError) || httpStatus(thrown.code) !== 400) throw thrown;
  return { message: thrown.message, field: field(thrown.field) };
};
