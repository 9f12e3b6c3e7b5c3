import { type Field, type Form, textOf, textsOf, type Values } from "./form.ts";

/** The form with what a person sent in place of its own values, so that nothing is typed twice. */
export const filled = (form: Form, values: Values): Form => ({
  ...form,
  fields: form.fields.map((field) => filledField(field, values)),
});

const filledField = (field: Field, values: Values): Field => {
  switch (field.kind) {
    case "text":
    case "number":
      return { ...field, value: textOf(values, field.name) };
    case "choice":
    case "select":
      return field.name in values ? { ...field, value: textOf(values, field.name) } : field;
    // A browser sends nothing for an empty box, so for these "not sent" means "not chosen".
    case "many":
      return { ...field, values: textsOf(values, field.name) };
    case "checkbox":
      return { ...field, checked: textOf(values, field.name) !== "" };
    case "group":
    case "row":
      return { ...field, fields: field.fields.map((one) => filledField(one, values)) };
    case "hidden":
    case "table":
    case "facts":
    case "code":
    case "note":
    case "diagram":
    case "approval":
      return field;
    default:
      return field satisfies never;
  }
};

/** The form with what a draft has for it. It may be of some fields only, such as a link that fills in one; secrets are never filled in. */
export const drafted = (form: Form, draft: Values): Form => ({
  ...form,
  fields: form.fields.map((field) => draftedField(field, draft)),
});

const draftedField = (field: Field, draft: Values): Field => {
  if (field.kind === "group")
    return { ...field, fields: field.fields.map((one) => draftedField(one, draft)) };
  if (!("name" in field) || !(field.name in draft)) return field;
  switch (field.kind) {
    case "many":
      return { ...field, values: textsOf(draft, field.name) };
    case "checkbox":
      return { ...field, checked: textOf(draft, field.name) !== "" };
    case "text":
      if (field.secret === true) return field;
      return {
        ...field,
        value: field.several ? textsOf(draft, field.name).join("\n") : textOf(draft, field.name),
      };
    default:
      return { ...field, value: textOf(draft, field.name) };
  }
};
