import type { Field, Form, Values } from "./form.ts";

/** What a browser sends for a form that nobody touched. */
export const presetValues = (form: Form): Values => Object.fromEntries(form.fields.flatMap(entriesOf));

const entriesOf = (field: Field): [string, string | readonly string[]][] => {
  switch (field.kind) {
    case "text":
    case "number":
      return [[field.name, field.value ?? ""]];
    case "choice":
      return field.value === undefined ? [] : [[field.name, field.value]];
    case "select":
      // A list shows its first entry when none is chosen, and sends it.
      return [[field.name, field.value ?? field.options[0]?.value ?? ""]];
    case "many":
      return field.values.length === 0 ? [] : [[field.name, field.values]];
    case "checkbox":
      return field.checked ? [[field.name, "on"]] : [];
    case "hidden":
      return [[field.name, field.value]];
    case "group":
    case "row":
      return field.fields.flatMap(entriesOf);
    case "table":
    case "facts":
    case "code":
    case "approval":
    case "diagram":
    case "note":
      return [];
    default:
      return field satisfies never;
  }
};
