import { foreignText } from "#core/foreign.ts";

/** Names of files as others wrote them, for a sentence: the first five, in quotes. */
export const listed = (names: readonly string[]): string =>
  names
    .slice(0, 5)
    .map((name) => `“${foreignText(name, 100)}”`)
    .join(", ") + (names.length > 5 ? " and more" : "");
