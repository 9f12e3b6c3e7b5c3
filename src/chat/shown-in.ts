import type { Field, Form } from "#core/form.ts";

const mostShown = 8;

/** What a question shows besides the fields that it asks for: notes and facts, a line each. The rest of a long one is on its page. */
export const shownIn = ({ fields }: Pick<Form, "fields">): string[] => linesOf(fields).slice(0, mostShown);

const linesOf = (fields: readonly Field[]): string[] =>
  fields.flatMap((field) => {
    if (field.kind === "note") return [field.text];
    if (field.kind === "facts") return field.facts.map(({ label, value }) => `${label}: ${value}`);
    return field.kind === "group" || field.kind === "row" ? linesOf(field.fields) : [];
  });
