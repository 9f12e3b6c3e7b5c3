import { itemsIn } from "./column-text.ts";
import { fillers } from "./fillers.ts";
import { inferType } from "./infer-column.ts";
import { columnNameOf } from "./names.ts";
import { plural, singular } from "./plural.ts";
import { goesOn, isDenied, isOfColumn, isOpening } from "./what-is-no-table.ts";

/** Up to four words, as a pattern. */
export const words = String.raw`\p{L}[\p{L}\p{N}'’_-]*(?: [\p{L}\p{N}'’_-]+){0,3}`;
const opening = new RegExp(String.raw`(${words})["”]?\s*(\(|:|\s(?:with|has|have|having|by)\s)`, "giu");
const sentenceEnd = /[;!?\n]|\.(?=\s|$)/g;

/** Where a text names a table, and what is listed of it. */
export interface Span {
  title: string;
  at: number;
  /** Of the words that name it. */
  length: number;
  list: string;
  listAt: number;
}

/** The tables that a text names with what is known of them, in their order. */
export const tablesIn = (text: string): Span[] => {
  const spans: Span[] = [];
  const scan = new RegExp(opening);
  for (let found = scan.exec(text); found !== null; found = scan.exec(text)) {
    const { index, 0: all, 1: before = "", 2: sign = "" } = found;
    const kind = sign.trim();
    const named = namedIn(text, { from: index, to: index + before.length }, kind);
    const { at } = named;
    const listAt = index + all.length;
    const last = spans.at(-1);
    const between = text.slice(last === undefined ? 0 : last.listAt + last.list.length, at);
    const sentence =
      text
        .slice(0, at)
        .split(/[.;!?\n]/)
        .at(-1) ?? "";
    const isEach = /(?:^|\s)(?:an?|each|every|one)\s+$/i.test(sentence);
    const title = isEach && named.title !== "" ? plural(named.title) : named.title;
    if (
      title === "" ||
      isDenied(between + title) ||
      (kind === "(" && last !== undefined && !goesOn.test(between)) ||
      (kind === ":" && !saysNothing(sentence))
    ) {
      scan.lastIndex = kind === "" ? listAt : Math.max(index + 1, listAt - 1);
      continue;
    }
    const list = kind === "(" ? untilClosed(text, listAt) : untilEnd(text, listAt, kind !== ":");
    if (
      (kind !== "(" && kind !== ":" && !isList(title, list)) ||
      (kind === ":" && isOpening(title, list)) ||
      (kind === "(" && isOfColumn(title, list))
    ) {
      scan.lastIndex = listAt - 1;
      continue;
    }
    spans.push({ title, at, length: named.title.length, list, listAt });
    scan.lastIndex = listAt + list.length;
  }
  return spans;
};

/** What is called there: “job applications tracker:” are job applications, “inventory for our lab:” is an inventory. */
const namedIn = (text: string, before: { from: number; to: number }, kind: string) => {
  const from =
    kind === ":"
      ? before.to -
        (
          text
            .slice(0, before.to)
            .split(/[;!?\n]|\.\s/)
            .at(-1) ?? ""
        ).length
      : before.from;
  const whole = text.slice(from, before.to);
  const phrase =
    kind === ":" ? whole.replace(/ for .*$/is, "").replace(trailing, "") : whole.replace(ofWhat, "");
  const title = lastOf(phrase).replace(/^(?:und|y|e|et|ed|en|og|och|oraz|и) (?=\p{L})/iu, "");
  return { title: title.split(" ").length > 4 ? "" : title, at: from + phrase.length - title.length };
};
/** “Inspections of a hive with date and notes” are inspections. */
const ofWhat = / (?:of|for) (?:an?|each|every|one) [^,]*$/i;
const trailing = /(?: (?:trackers?|register|records?|lists?|log|database|app|manager|system))+$/i;

const saysNothing = (words: string): boolean =>
  (words.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []).every(
    (word) => /^\d+$/.test(word) || fillers.has(word.toLowerCase()),
  );

/** The words behind the last one that says nothing: “I want to track old books” → “books”. */
export const lastOf = (phrase: string): string => {
  const all = phrase.trim().split(/\s+/);
  const from = all.findLastIndex((word) => fillers.has(word.toLowerCase()) || /^only$/i.test(word));
  return all.slice(from + 1).join(" ");
};

/** “Books with title and author” are a table; what “properties with tenants” are has to be asked. */
const isList = (title: string, list: string): boolean =>
  singular(title.toLowerCase()) !== title.toLowerCase() &&
  itemsIn(list).every(({ text }) => {
    const [words = ""] = text.toLowerCase().split(/[(:=]/);
    const name = columnNameOf(words);
    return (
      name !== null &&
      words.trim().split(/\s+/).length <= 4 &&
      (singular(words.trim()) === words.trim() || inferType(name) !== "text")
    );
  });

const untilClosed = (text: string, from: number): string => {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "(") depth += 1;
    else if (text[at] === ")") depth -= 1;
    if (depth === 0) return text.slice(from, at);
  }
  return text.slice(from);
};

/** Up to the end of the sentence, or to where the next table begins. */
const untilEnd = (text: string, from: number, isLoose: boolean): string => {
  sentenceEnd.lastIndex = from;
  const sentence = text.slice(from, sentenceEnd.exec(text)?.index ?? text.length);
  if (!isLoose) return sentence;
  for (const { index, 1: name = "" } of sentence.matchAll(
    new RegExp(String.raw`(?:,| and)\s+(${words})\s*(?:\(|\s(?:with|has|have|having|by)\s)`, "giu"),
  )) {
    const title = lastOf(name.replace(ofWhat, "")).toLowerCase();
    if (title !== "" && singular(title) !== title) return sentence.slice(0, index);
  }
  return sentence;
};
