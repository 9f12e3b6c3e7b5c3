import type { Said } from "#core/chat.ts";
import { every, languages } from "./words/languages.ts";
import type { Whole } from "./words/words.ts";

const longestFirst = (phrases: readonly string[]): readonly string[] =>
  phrases.toSorted((one, other) => other.length - one.length);

/** A phrase that was found: what is said, and the name that stands in it; null: none does. */
export interface Heard {
  says: Said | "start";
  name: string | null;
}

interface Pattern {
  says: Said | "start";
  matches: RegExp;
}

const patterns: readonly Pattern[] = languages.flatMap(({ phrases }) =>
  Object.entries(phrases).flatMap(([says, list]) =>
    list.map((phrase) => ({
      says: says as Pattern["says"],
      matches: patternOf(phrase),
    })),
  ),
);

/** Of what may stand in one place the longest is tried first: "me" of "show me" is no part of a name. */
function patternOf(phrase: string): RegExp {
  const choices = phrase.replace(
    /\(([^()]+)\)/gu,
    (_, all: string) => `(?:${longestFirst(all.split("|")).join("|")})`,
  );
  return new RegExp(`^(?:${choices.replace("{x}", "(.+?)")})$`, "u");
}

/** A comma before what goes on with the sentence: "cancel it, and start over". */
const comma = new RegExp(`,(?= (?:${every("joins").join("|")}) )`, "gu");

/** The phrases that the whole of a plain sentence is, the most exact one first, so that "start {x} over" is not taken for "start {x}". */
export const heardIn = (sentence: string): Heard[] => {
  const joined = sentence.replace(comma, "");
  return patterns
    .flatMap(({ says, matches }) => {
      const found = matches.exec(joined);
      return found === null ? [] : [{ says, name: found[1] ?? null }];
    })
    .toSorted((one, other) => (one.name?.length ?? 0) - (other.name?.length ?? 0));
};

const whole: readonly { is: Whole; matches: RegExp }[] = languages.flatMap((words) =>
  Object.entries(words.whole).flatMap(([is, list]) =>
    list.map((phrase) => ({ is: is as Whole, matches: patternOf(phrase) })),
  ),
);

/** What the whole sentence says without naming anything. */
export const wholeIn = (sentence: string): Whole | null =>
  whole.find(({ matches }) => matches.test(sentence))?.is ?? null;

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
