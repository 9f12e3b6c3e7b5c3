import type { Column, Rule } from "#apps/runtime/schema.ts";
import { columnIn, type Item, itemsIn } from "./column-text.ts";
import { fillers } from "./fillers.ts";
import { inferType } from "./infer-column.ts";
import { columnNameOf, labelOf, tableNameOf } from "./names.ts";
import { singular, singularName } from "./plural.ts";
import { tablesBetween } from "./table-between.ts";
import { goesOn, isDenied, isLeftOut, isOpening } from "./what-is-no-table.ts";

/** A part of a text that stands in the plan, or that is understood and cannot be had. */
export interface Phrase {
  from: number;
  to: number;
  fate: "used" | "told";
  where: string;
}

export interface TextTable {
  title: string;
  columns: Record<string, Column>;
  rules: Rule[];
}

/** What the documented grammar finds in a text; whatever is in no phrase was not understood. */
export interface PlanText {
  title: string | null;
  tables: Record<string, TextTable>;
  phrases: Phrase[];
}

const words = String.raw`\p{L}[\p{L}\p{N}'’_-]*(?: [\p{L}\p{N}'’_-]+){0,3}`;
const called =
  /\b(?:called|named|titled)\s+["“'‘]?([^"”'’.,;\n()]{1,60}?)["”'’]?(?=\s+(?:with|for|to|that)\b|[.,;!?\n)(]|$)/iu;
const ruleSentence =
  /\brule for ([\p{L}\p{N} _-]+?):\s*([^\n]+?)(?:,\s*else\s*["“]([^"”\n]+)["”])?\s*(?:\.(?=\s|$)|\n|$)/giu;
const belongs = new RegExp(
  String.raw`\b(?:each|every|an?|one)\s+(${words}?)\s+(?:always |can |must )?(?:belongs? to|has one|refers? to|is (?:for|of|part of))\s+(?:an?|one|the|its|exactly one)\s+(${words})`,
  "giu",
);
const haveMany = new RegExp(
  String.raw`(${words}?)\s+(?:can )?(?:has|have)\s+(?:many|several|multiple)\s+(${words})`,
  "giu",
);
const opening = new RegExp(String.raw`(${words})["”]?\s*(\(|:|\s(?:with|has|have|having|by)\s)`, "giu");
const sentenceEnd = /[;!?\n]|\.(?=\s|$)/g;

/**
 * Reads the documented grammar: `Books (title, author)`, `Books: title, author` at the beginning of a sentence, `books with title and author`; `each
 * loan belongs to a book`, `books have many loans`; `rule for books: out <= copies, else "All are lent."`; `called “Pedal”`.
 */
export const readPlanText = (
  text: string,
  known: readonly { key: string; title: string }[] = [],
): PlanText => {
  const read: PlanText = { title: null, tables: {}, phrases: [] };
  let rest = text;
  const use = (from: number, length: number, where: string, fate: Phrase["fate"] = "used") => {
    read.phrases.push({ from, to: from + length, fate, where });
    rest = rest.slice(0, from) + ";".repeat(length) + rest.slice(from + length);
  };
  const rules = [...rest.matchAll(ruleSentence)];
  for (const { index, 0: all } of rules)
    rest = rest.slice(0, index) + ";".repeat(all.length) + rest.slice(index + all.length);
  const name = called.exec(rest);
  if (name?.[1] !== undefined) {
    read.title = name[1].trim();
    use(name.index, name[0].length, "the title");
  }
  const links = [
    ...[...rest.matchAll(belongs)].map(({ index, 0: all, 1: from = "", 2: to = "" }) => ({
      index,
      all,
      from,
      to,
    })),
    ...[...rest.matchAll(haveMany)].map(({ index, 0: all, 1: to = "", 2: from = "" }) => ({
      index,
      all,
      from,
      to,
    })),
  ];
  for (const { index, all } of links)
    rest = rest.slice(0, index) + ";".repeat(all.length) + rest.slice(index + all.length);
  const spans = tablesIn(rest);
  const find = finder([...known, ...spans.map(({ title }) => ({ title, key: tableNameOf(title) }))]);
  const pairs: [string, string][] = [];
  for (const { title, at, list, listAt } of spans) {
    const key = tableNameOf(title);
    if (key === null || read.tables[key] !== undefined) continue;
    const table: TextTable = { title: labelOf(title.toLowerCase()), columns: {}, rules: [] };
    read.tables[key] = table;
    use(at, title.length, `table ${table.title}`);
    for (const { text: item, at: itemAt, length } of withLastChoices(itemsIn(list))) {
      const [id, column] = isLeftOut(item) ? [] : (columnIn(item, (one) => find(one)) ?? []);
      const where = id === undefined || column === undefined ? "" : `${table.title}: ${column.label}`;
      const many = singular(item.toLowerCase()) !== item.toLowerCase();
      if (id === undefined || column === undefined) continue;
      const other = many ? find(item) : undefined;
      if (other !== undefined) {
        pairs.push([key, other]);
        use(listAt + itemAt, length, "a table between the two, for many on both sides");
        continue;
      }
      if (table.columns[id] === undefined) table.columns[id] = column;
      use(listAt + itemAt, length, where);
    }
    if (Object.keys(table.columns).length === 0) delete read.tables[key];
  }
  Object.assign(read.tables, tablesBetween(pairs, known, read.tables));
  for (const { index, all, from, to } of links) {
    const [one, target] = [find(lastOf(from)), find(firstOf(to, find))];
    const table = one === undefined ? undefined : read.tables[one];
    if (table === undefined || target === undefined) continue;
    const id = `${singularName(target)}_id`;
    const has = Object.values(table.columns).some((column) => column.to === target);
    if (!has)
      table.columns[id] = {
        type: "reference",
        label: labelOf(id),
        required: false,
        unique: false,
        to: target,
      };
    use(index, all.length, `${table.title}: ${labelOf(id)}`);
  }
  for (const { index, 0: all, 1: of = "", 2: rule = "", 3: says } of rules) {
    const table = read.tables[find(of) ?? ""];
    if (table === undefined) continue;
    table.rules.push({ rule: rule.trim(), ...(says === undefined ? {} : { says }) });
    use(index, all.length, `a rule of ${table.title}`);
  }
  return read;
};

interface Span {
  title: string;
  at: number;
  list: string;
  listAt: number;
}

const tablesIn = (text: string): Span[] => {
  const spans: Span[] = [];
  const scan = new RegExp(opening);
  for (let found = scan.exec(text); found !== null; found = scan.exec(text)) {
    const { index, 0: all, 1: before = "", 2: sign = "" } = found;
    const title = lastOf(before);
    const at = index + before.length - title.length;
    const listAt = index + all.length;
    const kind = sign.trim();
    const last = spans.at(-1);
    const between = text.slice(last === undefined ? 0 : last.listAt + last.list.length, at);
    if (
      title === "" ||
      isDenied(between + title) ||
      (kind === "(" && last !== undefined && !goesOn.test(between)) ||
      (kind === ":" && !/(?:^|[.;!?\n])\s*(?:[-*•]|\d+[.)])?\s*$/.test(text.slice(0, at)))
    ) {
      scan.lastIndex = kind === "" ? listAt : Math.max(index + 1, listAt - 1);
      continue;
    }
    const list = kind === "(" ? untilClosed(text, listAt) : untilEnd(text, listAt, kind !== ":");
    if ((kind !== "(" && kind !== ":" && !isList(title, list)) || (kind === ":" && isOpening(title, list))) {
      scan.lastIndex = listAt - 1;
      continue;
    }
    spans.push({ title, at, list, listAt });
    scan.lastIndex = listAt + list.length;
  }
  return spans;
};

/** The words behind the last one that says nothing: “I want to track old books” → “books”. */
const lastOf = (phrase: string): string => {
  const all = phrase.trim().split(/\s+/);
  const from = all.findLastIndex((word) => fillers.has(word.toLowerCase()) || /^only$/i.test(word));
  return all.slice(from + 1).join(" ");
};

const firstOf = (phrase: string, find: (words: string) => string | undefined): string => {
  const all = phrase.trim().split(/\s+/);
  for (let length = all.length; length > 0; length--) {
    const part = all.slice(0, length).join(" ");
    if (find(part) !== undefined) return part;
  }
  return "";
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
    const title = lastOf(name).toLowerCase();
    if (title !== "" && singular(title) !== title) return sentence.slice(0, index);
  }
  return sentence;
};

/** “device, status: received, repairing, done”: what follows the first choice are choices too. */
const withLastChoices = (items: readonly Item[]): readonly Item[] => {
  const from = items.findIndex(({ text }) =>
    /^[^=(]*(?:status|stage|state|phase)\s*:\s*[^/|,]+$/i.test(text),
  );
  const [first, ...more] = from === -1 ? [] : items.slice(from);
  const last = more.at(-1);
  if (first === undefined || last === undefined) return items;
  const text = [first, ...more].map((one) => one.text).join(" / ");
  return [...items.slice(0, from), { at: first.at, length: last.at + last.length - first.at, text }];
};

const finder = (tables: readonly { key: string | null; title: string }[]) => {
  const known = new Map(tables.map(({ key, title }) => [singular(title.toLowerCase()), key] as const));
  return (text: string): string | undefined =>
    known.get(singular(text.trim().toLowerCase().replaceAll("_", " "))) ?? undefined;
};
