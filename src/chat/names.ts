import { bare, wordsOf } from "./plain.ts";
import { every } from "./words/languages.ts";

/** Something that has a name: a run, a workflow. */
export interface Named {
  id: string;
  title: string;
  /** What a run is about, where its title is its workflow's. */
  subject?: string;
  /** Of a run: 12 for "#12". */
  number?: number;
}

const around = new Set(every("around").flatMap(wordsOf));
const it = new Set(every("it"));

/** Whether a word stands around names and is none. */
export const isAround = (word: string | undefined): boolean => word !== undefined && around.has(word);

/** Whether a name stands for what was spoken of before: "it", "my task", nothing at all. */
export const isIt = (name: string | null): boolean =>
  name === null || it.has(name) || significant(name).length === 0;

/**
 * Those that a name may mean: by id ("#b3f…") or number ("#12") alone, by the whole title, else those in whose title each of its words is
 * one, or begins one when it has three letters or more. `name` is plain.
 */
export const named = <T extends Named>(name: string, all: readonly T[]): T[] => {
  const mark = /#([\p{L}\p{N}_-]+)/u.exec(name)?.[1];
  if (mark !== undefined) {
    const byId = all.filter(({ id }) => id.toLowerCase() === mark);
    if (byId.length > 0) return byId;
    const numbered = all.filter(({ number }) => String(number) === mark);
    const rest = significant(name.replace(`#${mark}`, ""));
    return rest.length === 0 ? numbered : numbered.filter((one) => holdsAll(titleWords(one), rest));
  }
  const whole = withoutQuotes(name);
  const exact = all.filter((one) => isCalled(one, whole));
  if (exact.length > 0 || whole !== name) return exact;
  const words = significant(name);
  return words.length === 0 ? [] : all.filter((one) => holdsAll(titleWords(one), words));
};

/** Whether a name is the title of one of them, letter by letter: then nothing that stands in it turns the sentence round. */
export const isTitle = (name: string, all: readonly Named[]): boolean => {
  const whole = withoutQuotes(name);
  return all.some((one) => isCalled(one, whole));
};

/** All of what it is called, for those who tell one from another. */
export const fullName = ({ title, subject = "" }: Pick<Named, "title" | "subject">): string =>
  subject === "" ? title : `${title}: ${subject}`;

const isCalled = (one: Named, name: string): boolean =>
  [one.title, one.subject ?? one.title, fullName(one)].some((its) => bare(its) === name);

/** The one that a mistyped name is nearest to; undefined: to none. */
export const nearest = <T extends Named>(name: string, all: readonly T[]): T | undefined => {
  const words = significant(name);
  if (words.length === 0) return undefined;
  return all.find((one) => {
    const title = titleWords(one);
    return words.every((word) => title.some((its) => isLike(word, its)));
  });
};

/** One in whose title a word of the sentence stands. */
export const mentioned = <T extends Named>(sentence: string, all: readonly T[]): T | undefined => {
  const words = significant(sentence).filter((word) => word.length >= 3);
  return all.find((one) => titleWords(one).some((its) => words.includes(its)));
};

const withoutQuotes = (name: string): string => /^"(.+)"$/.exec(name)?.[1] ?? name;

/** Without those words around a name that are none. */
const significant = (name: string): string[] => wordsOf(name).filter((word) => !around.has(word));

const titleWords = (one: Named): string[] => wordsOf(bare(fullName(one)));

const shortestBeginning = 3;

const holdsAll = (title: readonly string[], words: readonly string[]): boolean =>
  words.every((word) =>
    title.some((its) => its === word || (word.length >= shortestBeginning && its.startsWith(word))),
  );

/** Words of fewer letters may differ by one mistake, longer ones by two. */
const longWord = 5;

const isLike = (word: string, its: string): boolean =>
  word === its ||
  (word.length >= shortestBeginning &&
    mistakes(word, its) <= (Math.min(word.length, its.length) < longWord ? 1 : 2));

/** Letters too many, too few, wrong, or two that changed places: the distance of Damerau and Levenshtein, of which three are as good as many. */
const mistakes = (one: string, other: string): number => {
  if (Math.abs(one.length - other.length) > 2) return 3;
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const now = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      let fewest = Math.min((last[j] ?? 0) + 1, (now[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) fewest = Math.min(fewest, (before[j - 2] ?? 0) + 1);
      now.push(fewest);
    }
    before = last;
    last = now;
  }
  return last[other.length] ?? 3;
};
