import { folded } from "#apps/runtime/database.ts";
import { everyAppHas, noAppHas } from "./features.ts";
import { fillers } from "./fillers.ts";
import { type Phrase, readPlanText } from "./plan-text.ts";

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
  const parts: Part[] = [];
  const take = (text: string, fate: Part["fate"], where: string) => {
    const last = parts.at(-1);
    if (last !== undefined && last.fate === fate && last.where === where) last.text += text;
    else parts.push({ text, fate, where });
  };
  let end = 0;
  for (const { 0: word, index } of description.matchAll(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)) {
    // What stands between words goes with the word before it.
    const between = description.slice(end, index);
    const last = parts.at(-1);
    if (last === undefined && between !== "") take(between, "filler", "");
    else if (last !== undefined) last.text += between;
    end = index + word.length;
    const phrase = phrases.find(({ from, to }) => from <= index && index < to);
    if (phrase !== undefined) take(word, phrase.fate, phrase.where);
    else if (fillers.has(folded(word))) take(word, "filler", "");
    else take(word, "told", "");
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
