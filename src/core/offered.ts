import type { Field, Form, Option } from "./form.ts";

/** A form without the choices that are `barred` to whoever looks, by their values. */
export const offered = (form: Form, barred: (value: string) => boolean): Form => ({
  ...form,
  fields: form.fields.map((field) => offeredField(field, barred)),
});

const offeredField = (field: Field, barred: (value: string) => boolean): Field => {
  switch (field.kind) {
    case "group":
    case "row":
      return { ...field, fields: field.fields.map((one) => offeredField(one, barred)) };
    case "choice":
    case "select": {
      const options = field.options.filter(({ value }) => !barred(value));
      if (options.length === field.options.length) return field;
      const chosen = options.find(({ value }) => value === field.value) ?? options.find(isOpen);
      if (chosen === undefined)
        return {
          kind: "note",
          tone: "warning",
          text: `There is nothing for you to choose for “${field.label}”.`,
        };
      return { ...field, options, value: chosen.value };
    }
    case "many":
      return {
        ...field,
        options: field.options.filter(({ value }) => !barred(value)),
        values: field.values.filter((value) => !barred(value)),
      };
    default:
      return field;
  }
};

const isOpen = ({ disabled }: Option): boolean => disabled === undefined;
