import { type Known, longestEntry, lookUp } from "./dictionary.ts";
import { isPlural } from "./fields.ts";
import { tableNameOf } from "./names.ts";
import { plural } from "./plural.ts";

/** Words that say what is done with a thing, or where it is written down; the thing stands before them. */
const generic = new Set(
  "tracking tracker trackers management manager scheduling scheduler schedule schedules planning planner list lists database directory register overview page pages table tables module section view views system app application tool history log logs info information data details entry entries record records workflow workflows pipeline board boards kanban feature features needed side process processes handling".split(
    " ",
  ),
);

/** What an app is called in general, which never is a table. */
const kinds = new Set(
  "crm app apps application system tool software platform website site portal program manager organizer organiser dashboard solution thing something stuff things business company assistant helper tracker planner management tracking web mobile online simple database".split(
    " ",
  ),
);

/** The table that these words name: as a whole, without what is generic at their end, or by their last words. */
export const resolve = (words: readonly string[]): Known | undefined => {
  const whole = lookUp(words.join(" "));
  if (whole !== undefined) return whole;
  const rest = withoutGeneric(words);
  for (let from = 0; from < rest.length; from++) {
    const found = lookUp(rest.slice(from).join(" "));
    if (found !== undefined) return found;
  }
  return undefined;
};

/** What a thing is done with: “equipment loans” are loans of equipment, so both are kept. */
export const comesWith = (words: readonly string[], known: Known): Known[] => {
  const rest = withoutGeneric(words);
  for (let from = 1; from < rest.length; from++) {
    if (lookUp(rest.slice(from).join(" "))?.words !== known.words || lookUp(rest.join(" ")) !== undefined)
      continue;
    const other = lookUp(rest.slice(0, from).join(" "));
    const { columns } = known.noun;
    return other?.noun.role !== undefined &&
      (columns.includes(`@${other.noun.role}`) || columns.includes(other.noun.key))
      ? [other]
      : [];
  }
  return [];
};

/** The words without “management”, “list” and the like at their end; nothing is left of words that are only that. */
export const withoutGeneric = (words: readonly string[]): readonly string[] => {
  let end = words.length;
  while (end > 0 && generic.has(words[end - 1] ?? "")) end--;
  return words.slice(0, end);
};

/** Every table that a phrase such as “gym membership system” mentions, the longest entries first. */
export const scan = (words: readonly string[]): Known[] => {
  const found: Known[] = [];
  // “Recipe book”, “contact book”: the book is where they stand.
  const last = words.length > 1 && words.at(-1) === "book" ? words.slice(0, -1) : words;
  if (last !== words) return scan(last);
  for (let at = 0; at < words.length; ) {
    const [entry, length] = entryAt(words, at);
    if (entry !== undefined) found.push(entry);
    at += length;
  }
  return found;
};

const entryAt = (words: readonly string[], at: number): [Known | undefined, number] => {
  for (let length = Math.min(longestEntry, words.length - at); length > 0; length--) {
    const part = words.slice(at, at + length);
    if (length === 1 && (kinds.has(part[0] ?? "") || generic.has(part[0] ?? ""))) continue;
    const entry = lookUp(part.join(" "));
    if (entry !== undefined) return [entry, length];
  }
  return [undefined, 1];
};

/** A table of things that the dictionary does not know, by the person's own words. Null when they cannot be the name of one. */
export const unknownTable = (words: readonly string[], mustBePlural: boolean): string | null => {
  const short = withoutGeneric(words).filter((word) => !kinds.has(word));
  // “fuel logs” is a table of logs, “walk log” one of walks.
  const rest = mustBePlural && !isPlural(short) && short.length > 0 ? words : short;
  if (rest.length === 0 || rest.length > 3 || (mustBePlural && !isPlural(rest))) return null;
  if (!rest.every((word) => /^[a-z][a-z-]*$/.test(word)) || (rest.at(-1) ?? "").length < 3) return null;
  const many = plural(rest.join(" "));
  return tableNameOf(many) === null ? null : many;
};

/** Whether these words only say that an app is wanted. */
export const isKindOnly = (words: readonly string[]): boolean =>
  words.every((word) => kinds.has(word) || generic.has(word));
