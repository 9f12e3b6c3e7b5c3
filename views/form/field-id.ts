import type { Field } from "#core/form.ts";

/** The id of the first control with this name, as `FieldView` gives it out; null when the form has none. */
export const fieldIdOf = (
  fields: readonly Field[],
  name: string | null | undefined,
  id: string,
): string | null => {
  if (name === null || name === undefined) return null;
  for (const [at, field] of fields.entries()) {
    const here = `${id}-${at}`;
    if (field.kind === "group" || field.kind === "row") {
      const inside = fieldIdOf(field.fields, name, here);
      if (inside !== null) return inside;
    } else if (field.kind !== "hidden" && "name" in field && field.name === name) {
      return field.kind === "choice" || field.kind === "many" ? `${here}-0` : here;
    }
  }
  return null;
};
