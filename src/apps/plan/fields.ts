import { inferType } from "./infer-column.ts";
import { columnNameOf } from "./names.ts";
import { singular } from "./plural.ts";

/** Words for a property of a thing rather than for a thing. */
const properties = new Set(
  "name title author type kind brand make model colour color sku isbn genre language country city street zip postcode postal gender nationality position role code number status stage priority category department location venue capacity time day duration unit currency method plan species breed subject topic label first last full company publisher artist director source value reference username nickname material shape grade gear frame".split(
    " ",
  ),
);
/** Plurals that are properties all the same when they stand among properties. */
const manyWords = new Set(
  "notes tags comments details hours minutes days allergies ingredients instructions steps symptoms skills pages copies points units servings seats bedrooms bathrooms dues stock budget cost category genre maintenance".split(
    " ",
  ),
);

/** Whether these words name a property, such as “due date”, rather than a thing. */
export const isProperty = (words: readonly string[]): boolean => {
  const name = columnNameOf(words.join("_"));
  const last = words.at(-1);
  if (name === null || last === undefined) return false;
  return (
    inferType(name) !== "text" ||
    inferType(singular(name)) !== "text" ||
    properties.has(last) ||
    properties.has(singular(last))
  );
};

/** Whether these words are a property where properties are listed, although elsewhere they could be a thing. */
export const isListedProperty = (words: readonly string[]): boolean => manyWords.has(words.at(-1) ?? "");

/** Whether the last of these words names several things. */
export const isPlural = (words: readonly string[]): boolean => {
  const last = words.at(-1) ?? "";
  return singular(last) !== last;
};

/** The property that words name: “due dates” are one due date in each row. */
export const propertyIn = (words: readonly string[]): string => {
  const one = singular(words.join(" "));
  const name = columnNameOf(one);
  const many = columnNameOf(words.join(" "));
  return name !== null && many !== null && inferType(many) === "text" && inferType(name) !== "text"
    ? one
    : words.join(" ");
};
