import type { Field, Form, Values } from "./form.ts";

/** What a form sends when a person changes nothing on it. */
export const asDrawn = (form: Form): Values => Object.fromEntries(form.fields.flatMap(sent));

const sent = (field: Field): [string, string | readonly string[]][] => {
  switch (field.kind) {
    case "text":
    case "number":
      return [[field.name, field.value ?? ""]];
    case "choice":
      return field.value === undefined ? [] : [[field.name, field.value]];
    case "select": {
      // A browser chooses the first that it may, where nothing is chosen.
      const value = field.value ?? field.options.find((one) => one.disabled === undefined)?.value;
      return value === undefined ? [] : [[field.name, value]];
    }
    case "many":
      return [[field.name, field.values]];
    case "checkbox":
      return field.checked ? [[field.name, "on"]] : [];
    case "hidden":
      return [[field.name, field.value]];
    case "group":
    case "row":
      return field.fields.flatMap(sent);
    case "table":
    case "facts":
    case "code":
    case "note":
    case "approval":
      return [];
    default:
      return field satisfies never;
  }
};
