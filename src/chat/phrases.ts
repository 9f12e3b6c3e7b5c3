import type { Said } from "#core/chat.ts";
import { every, languages } from "./words/languages.ts";
import type { Whole } from "./words/words.ts";

/** A phrase that was found: what is said, and the name that stands in it; null: none does. */
export interface Heard {
  says: Said | "start";
  name: string | null;
}

interface Pattern {
  says: Said | "start";
  matches: RegExp;
  fixed: number;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The longest first, so that "start {x} over" is not taken for "start {x}". */
const patterns: readonly Pattern[] = languages
  .flatMap(({ phrases }) =>
    Object.entries(phrases).flatMap(([says, list]) =>
      list.map((phrase) => ({
        says: says as Pattern["says"],
        matches: new RegExp(`^${escaped(phrase).replace("\\{x\\}", "(.+)")}$`, "u"),
        fixed: phrase.replace("{x}", "").length,
      })),
    ),
  )
  .toSorted((one, other) => other.fixed - one.fixed);

/** The phrases that the whole of a plain sentence is, the most exact one first. */
export const heardIn = (sentence: string): Heard[] =>
  patterns.flatMap(({ says, matches }) => {
    const found = matches.exec(sentence);
    return found === null ? [] : [{ says, name: found[1] ?? null }];
  });

const whole: ReadonlyMap<string, Whole> = new Map(
  languages.flatMap((words) =>
    Object.entries(words.whole).flatMap(([is, list]) => list.map((phrase) => [phrase, is as Whole] as const)),
  ),
);

/** What the whole sentence says without naming anything. */
export const wholeIn = (sentence: string): Whole | null => whole.get(sentence) ?? null;

const longestFirst = (phrases: readonly string[]): readonly string[] =>
  phrases.toSorted((one, other) => other.length - one.length);

const before = longestFirst(every("before"));
const behind = longestFirst(every("behind"));
const asked = longestFirst(every("asked"));
const advice = longestFirst(every("advice"));

/** Without what is said before and behind and means nothing: "hey, pause it please" → "pause it". What is nothing else stays. */
export const withoutManners = (sentence: string): string => {
  for (let rest = sentence; ; ) {
    const shorter = withoutEnd(withoutStart(rest, before) ?? rest, behind) ?? rest;
    if (shorter === rest) return rest;
    rest = shorter;
  }
};

/** Without "could you"; the sentence as it is when it does not begin so. */
export const withoutAsking = (sentence: string): string => withoutStart(sentence, asked) ?? sentence;

/** What somebody asks advice about: "should i stop it" → "stop it"; null: it is no such question. */
export const advisedOn = (sentence: string): string | null => withoutStart(sentence, advice);

const withoutStart = (sentence: string, phrases: readonly string[]): string | null => {
  const start = phrases.find(
    (phrase) => sentence.startsWith(phrase) && /^[\s,]/.test(sentence.slice(phrase.length)),
  );
  return start === undefined ? null : sentence.slice(start.length).replace(/^[\s,]+/, "");
};

const withoutEnd = (sentence: string, phrases: readonly string[]): string | null => {
  const end = phrases.find((phrase) => sentence.endsWith(` ${phrase}`) || sentence.endsWith(`,${phrase}`));
  return end === undefined ? sentence : sentence.slice(0, -end.length).replace(/[\s,]+$/, "");
};
