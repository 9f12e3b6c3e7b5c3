import { english } from "./english.ts";
import { french } from "./french.ts";
import { german } from "./german.ts";
import { portuguese } from "./portuguese.ts";
import { spanish } from "./spanish.ts";
import type { Words } from "./words.ts";

/** The languages that are understood, whichever the one before was said in. */
export const languages: readonly Words[] = [english, german, spanish, portuguese, french];

/** Of all languages together. */
export const every = (of: Exclude<keyof Words, "phrases" | "whole">): readonly string[] => [
  ...new Set(languages.flatMap((words) => words[of])),
];
