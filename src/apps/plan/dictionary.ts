import type { Noun } from "./noun.ts";
import { people } from "./nouns-people.ts";
import { time } from "./nouns-time.ts";
import { trade } from "./nouns-trade.ts";
import { plural, singular } from "./plural.ts";

/** A word of the description that names a table. */
export interface Known {
  noun: Noun;
  /** The table's name in words, plural: the person's own word where it is only like the noun. */
  words: string;
}

const nouns: readonly Noun[] = [...people, ...trade, ...time];
const byWords = new Map<string, Known>();
for (const noun of nouns) {
  const key = noun.key.replaceAll("_", " ");
  byWords.set(singular(key), { noun, words: key });
}
for (const noun of nouns) {
  const key = noun.key.replaceAll("_", " ");
  for (const means of noun.means ?? []) if (!byWords.has(means)) byWords.set(means, { noun, words: key });
  for (const like of noun.like ?? [])
    if (!byWords.has(like)) byWords.set(like, { noun, words: plural(like) });
}
/** The most words that one entry has. */
export const longestEntry = Math.max(...[...byWords.keys()].map((words) => words.split(" ").length));

/** What the dictionary knows of these words, in singular or plural: “Clients”, “purchase orders”. */
export const lookUp = (words: string): Known | undefined => byWords.get(singular(words));

/** The noun of a table by its name. */
export const nounOf = (key: string): Noun | undefined => nouns.find((noun) => noun.key === key);

/** Every noun, for tests and suggestions. */
export const allNouns = (): readonly Noun[] => nouns;
