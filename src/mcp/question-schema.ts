import { allFields, type Field, type Form, type Values } from "#core/form.ts";

/** One field, in the words that the protocol has for questions: flat, without patterns. */
interface Property {
  type: "string" | "number" | "boolean" | "array";
  title: string;
  description?: string;
  default?: string | number | boolean;
  oneOf?: { const: string; title: string }[];
  items?: { anyOf: { const: string; title: string }[] };
  minimum?: number;
  maximum?: number;
}

export interface QuestionSchema {
  type: "object";
  properties: Record<string, Property>;
  required: string[];
}

/** The name of the button in an answer. */
export const pressField = "press";
const mostFields = 12;
const mostOptions = 30;

/** A form as the protocol can ask it; null: a person had better see the page. */
export const fieldsOf = (form: Form): QuestionSchema | null => {
  const fields = allFields(form.fields);
  const asked = fields.flatMap((field) => {
    const property = propertyOf(field);
    return property === null || !("name" in field) ? [] : [[field.name, property] as const];
  });
  const tooMuch =
    asked.length > mostFields ||
    fields.some((field) => field.kind === "text" && field.secret === true) ||
    fields.some((field) => "options" in field && field.options.length > mostOptions);
  if (tooMuch) return null;
  const required = fields.flatMap((field) =>
    field.kind === "choice" || (field.kind === "text" && field.required === true) ? [field.name] : [],
  );
  const presses = (form.buttons ?? []).filter(({ does }) => does === "answer");
  const press: Property = {
    type: "string",
    title: "What to do",
    oneOf: [
      { const: "", title: form.submit },
      ...presses.map(({ value, label }) => ({ const: value, title: label })),
    ],
    default: "",
  };
  return {
    type: "object",
    properties: Object.fromEntries(presses.length === 0 ? asked : [...asked, [pressField, press]]),
    required,
  };
};

const propertyOf = (field: Field): Property | null => {
  switch (field.kind) {
    case "text":
      return {
        type: "string",
        title: field.label,
        ...(field.help === undefined ? {} : { description: field.help }),
        ...(field.value === undefined ? {} : { default: field.value }),
      };
    case "number":
      return {
        type: "number",
        title: field.label,
        ...(field.help === undefined ? {} : { description: field.help }),
        ...(field.value === undefined || field.value === "" ? {} : { default: Number(field.value) }),
        ...(field.min === undefined ? {} : { minimum: field.min }),
        ...(field.max === undefined ? {} : { maximum: field.max }),
      };
    case "choice":
    case "select":
      return {
        type: "string",
        title: field.label,
        oneOf: optionsOf(field),
        ...(field.value === undefined || field.value === "" ? {} : { default: field.value }),
      };
    case "many":
      return { type: "array", title: field.label, items: { anyOf: optionsOf(field) } };
    case "checkbox":
      return { type: "boolean", title: field.label, default: field.checked };
    default:
      return null;
  }
};

const optionsOf = ({ options }: Extract<Field, { options: unknown }>): { const: string; title: string }[] =>
  options
    .filter(({ disabled }) => disabled === undefined)
    .map(({ value, label, cells = [] }) => ({ const: value, title: [label, ...cells].join(" · ") }));

/** What a form needs besides what was asked: hidden fields go back as they came. */
const hiddenOf = (form: Form): Values =>
  Object.fromEntries(
    allFields(form.fields).flatMap((field) => (field.kind === "hidden" ? [[field.name, field.value]] : [])),
  );

/** An answer of the protocol as a browser's form would send it, and the button. */
export const answerOf = (
  form: Form,
  content: Readonly<Record<string, unknown>>,
): { values: Values; press: string | undefined } => {
  const { [pressField]: press, ...given } = content;
  const values: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === false || value === null || value === undefined) continue;
    values[name] = Array.isArray(value) ? value.map(String) : value === true ? "on" : String(value);
  }
  return {
    values: { ...hiddenOf(form), ...values },
    press: typeof press === "string" && press !== "" ? press : undefined,
  };
};
