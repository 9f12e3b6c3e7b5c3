import { folded } from "#apps/runtime/database.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { everyAppHas, noAppHas } from "./features.ts";
import { fillers } from "./fillers.ts";
import { type Phrase, readPlanText } from "./plan-text.ts";
import { singular } from "./plural.ts";

/** A part of a description and what became of it. All parts together are the whole text. */
export interface Part {
  text: string;
  /** `used`: it stands in the plan, at `where`; `told`: nothing was made of it, `where` may say why; `filler`: it says nothing of the app. */
  fate: "used" | "told" | "filler";
  where: string;
}

/** Parts a description into words that were used, words of which nothing was made, and words that say nothing: each word is one of the three. */
export const accountOf = (description: string): Part[] => {
  const phrases = [...readPlanText(description).phrases, ...featuresIn(description)];
  return partsOf(description, (word, index): Omit<Part, "text"> => {
    const phrase = phrases.find(({ from, to }) => from <= index && index < to);
    if (phrase !== undefined) return phrase;
    return { fate: fillers.has(folded(word)) ? "filler" : "told", where: "" };
  });
};

/** The same for a plan that a model made of it: what is called by a word of the description, in whatever language. */
export const accountIn = ({ tables }: AppSchema, description: string): Part[] => {
  const places = new Map<string, string>();
  const take = (words: string, where: string) => {
    for (const [word] of words.matchAll(wordsIn))
      for (const form of formsOf(word)) if (!places.has(form)) places.set(form, where);
  };
  for (const { title } of Object.values(tables)) take(title, `“${title}”`);
  for (const { title, columns } of Object.values(tables))
    for (const { label, options = [] } of Object.values(columns))
      for (const words of [label, ...options]) take(words, `“${label}” of “${title}”`);
  return partsOf(description, (word): Omit<Part, "text"> => {
    const where = formsOf(word)
      .map((form) => places.get(form))
      .find((one) => one !== undefined);
    if (where !== undefined) return { fate: "used", where };
    return fillers.has(folded(word))
      ? { fate: "filler", where: "" }
      : { fate: "told", where: "Nothing in the plan is called so" };
  });
};

const wordsIn = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;
const formsOf = (word: string): string[] => [folded(word), folded(singular(word.toLowerCase()))];

/** Neighbours of one fate are one part; what stands between words goes with the word before it. */
const partsOf = (
  description: string,
  fateOf: (word: string, index: number) => Omit<Part, "text">,
): Part[] => {
  const parts: Part[] = [];
  const take = (text: string, { fate, where }: Omit<Part, "text">) => {
    const last = parts.at(-1);
    if (last !== undefined && last.fate === fate && last.where === where) last.text += text;
    else parts.push({ text, fate, where });
  };
  let end = 0;
  for (const { 0: word, index } of description.matchAll(wordsIn)) {
    const between = description.slice(end, index);
    const last = parts.at(-1);
    if (last === undefined && between !== "") take(between, { fate: "filler", where: "" });
    else if (last !== undefined) last.text += between;
    end = index + word.length;
    take(word, fateOf(word, index));
  }
  const last = parts.at(-1);
  if (last === undefined) return description === "" ? [] : [{ text: description, fate: "filler", where: "" }];
  last.text += description.slice(end);
  return parts;
};

/** The phrases of which nothing was made, each once. */
export const toldIn = (parts: readonly Part[]): string[] => [
  ...new Set(
    parts
      .filter(({ fate, where }) => fate === "told" && where === "")
      .map(({ text }) => text.replaceAll(/\s+/g, " ").replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "")),
  ),
];

const featuresIn = (description: string): Phrase[] => {
  const text = description.toLowerCase();
  const found = (known: typeof noAppHas, fate: Phrase["fate"]) =>
    known.flatMap(([pattern, where]) =>
      [...text.matchAll(new RegExp(pattern.source, "g"))].map(
        ({ index, 0: words }): Phrase => ({ from: index, to: index + words.length, fate, where }),
      ),
    );
  return [...found(noAppHas, "told"), ...found(everyAppHas, "used")];
};
