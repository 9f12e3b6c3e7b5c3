import { folded } from "#apps/runtime/database.ts";
import type { Column, Rule } from "#apps/runtime/schema.ts";
import { columnIn, type Item, itemsIn } from "./column-text.ts";
import { foreignLanguage } from "./language.ts";
import { labelOf, tableNameOf, unused } from "./names.ts";
import { singular, singularName } from "./plural.ts";
import { tablesBetween } from "./table-between.ts";
import { lastOf, tablesIn, words } from "./table-spans.ts";
import { isLeftOut } from "./what-is-no-table.ts";

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

const called =
  /\b(?:called|named|titled)\s+["“'‘]?([^"”'’.,;\n()]{1,60}?)["”'’]?(?=\s+(?:with|for|to|that)\b|[.,;!?\n)(]|$)/iu;
const ruleSentence =
  /\brule for ([\p{L}\p{N} _-]+?):\s*([^\n]+?)(?:,\s*else\s*["“]([^"”\n]+)["”])?\s*(?:\.(?=\s|$)|\n|$)/giu;
const betweenTwo = "a table between the two, for many on both sides";
const belongs = new RegExp(
  String.raw`\b(?:each|every|an?|one)\s+(${words}?)\s+(?:always |can |must )?(?:belongs? to|has one|refers? to|is (?:for|of|part of))\s+(?:an?|one|the|its|exactly one)\s+(${words})`,
  "giu",
);
const manyToMany = new RegExp(
  `(${words}?) and (${words}?)(?:,| are| is)? (?:are )?many[- ]to[- ]many`,
  "giu",
);
const haveMany = new RegExp(
  String.raw`(${words}?)\s+(?:can )?(?:has|have)\s+(?:many|several|multiple)\s+(${words})`,
  "giu",
);

/**
 * Reads the documented grammar: `Books (title, author)`, `Books: title, author` at the beginning of a sentence, `books with title and author`; `each
 * loan belongs to a book`, `books have many loans`; `rule for books: out <= copies, else "All are lent."`; `called “Pedal”`.
 */
export const readPlanText = (
  text: string,
  known: readonly { key: string; title: string }[] = [],
): PlanText => {
  const read: PlanText = { title: null, tables: {}, phrases: [] };
  let rest = text.replaceAll(/[（）、：；。]/g, (sign) => plainSigns[sign] ?? sign);
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
  const mutual = [...rest.matchAll(manyToMany)].map(({ index, 0: all, 1: from = "", 2: to = "" }) => ({
    ...{ index, all, from, to },
  }));
  for (const { index, all } of [...links, ...mutual])
    rest = rest.slice(0, index) + ";".repeat(all.length) + rest.slice(index + all.length);
  const keys = new Map<string, string>();
  const spans = tablesIn(rest).map((span) => ({ ...span, key: keyOf(span.title, keys) }));
  const isForeign = foreignLanguage(text) !== null || /[ß-ÿ]/i.test(text);
  const find = finder([...known, ...spans], isForeign);
  const pairs: [string, string][] = [];
  for (const { title, key, at, length, list, listAt } of spans) {
    if (read.tables[key] !== undefined) continue;
    const table: TextTable = { title: labelOf(title.toLowerCase()), columns: {}, rules: [] };
    read.tables[key] = table;
    use(at, length, `table ${table.title}`);
    for (const { text: item, at: itemAt, length } of withLastChoices(itemsIn(list))) {
      const [named, column] = isLeftOut(item) ? [] : (columnIn(item, (one) => find(one)) ?? []);
      if (named === undefined || column === undefined) continue;
      const many = !isForeign && singular(item.toLowerCase()) !== item.toLowerCase();
      const other = many ? find(item) : undefined;
      if (other !== undefined) {
        pairs.push([key, other]);
        use(listAt + itemAt, length, betweenTwo);
        continue;
      }
      const said = Object.values(table.columns).some(({ label }) => label === column.label);
      if (!said) table.columns[unused(named, new Map(Object.entries(table.columns)))] = column;
      use(listAt + itemAt, length, `${table.title}: ${column.label}`);
    }
    if (Object.keys(table.columns).length === 0) delete read.tables[key];
    for (const column of Object.values(table.columns))
      if (column.computed !== undefined) column.computed = withNames(column.computed, table.columns);
  }
  for (const { index, all, from, to } of mutual) {
    const [one, other] = [find(lastOf(from)), find(to)];
    if (one === undefined || other === undefined) continue;
    pairs.push([one, other]);
    use(index, all.length, betweenTwo);
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

/** Words of other scripts that are written alike in Latin letters are different tables all the same. */
const keyOf = (title: string, keys: Map<string, string>): string => {
  const words = title.toLowerCase();
  const known = [...keys].find(([, one]) => one === words);
  const key = known?.[0] ?? unused(tableNameOf(title) ?? "rows", keys);
  keys.set(key, words);
  return key;
};

/** “quantity * unit price” with the names of the columns, whose words a formula joins. */
const withNames = (formula: string, columns: TextTable["columns"]): string =>
  Object.keys(columns).reduce((text, name) => {
    const words = name.replaceAll("_", " ");
    return words === name ? text : text.replaceAll(new RegExp(`\\b${words}\\b`, "gi"), name);
  }, formula);

/** As they are written in Chinese and Japanese; each is one sign, so that places stay. */
const plainSigns: Readonly<Record<string, string>> = {
  ...{ "（": "(", "）": ")", "、": ",", "：": ":", "；": ";", "。": ";" },
};

const firstOf = (phrase: string, find: (words: string) => string | undefined): string => {
  const all = phrase.trim().split(/\s+/);
  for (let length = all.length; length > 0; length--) {
    const part = all.slice(0, length).join(" ");
    if (find(part) !== undefined) return part;
  }
  return "";
};

/** “device, status: received, repairing, done”: what follows the first choice are choices too. */
const withLastChoices = (items: readonly Item[]): readonly Item[] => {
  const from = items.findIndex(
    ({ text }, at) =>
      /^[^=(]*(?:status|stage|state|phase)\s*:\s*[^/|,>→]+$/i.test(text) ||
      (/^(?:status|stage) (?!of |on |at |date|notes?$|code$|history$|changed|since)[\p{L} -]+$/iu.test(
        text,
      ) &&
        items.length > at + 1 &&
        items.slice(at + 1).every((one) => /^[\p{L} -]+$/u.test(one.text))),
  );
  const [first, ...more] = from === -1 ? [] : items.slice(from);
  const last = more.at(-1);
  if (first === undefined || last === undefined) return items;
  const text = [first.text.replace(/^(status|stage) (?!:)/i, "$1: "), ...more.map((one) => one.text)].join(
    " / ",
  );
  return [...items.slice(0, from), { at: first.at, length: last.at + last.length - first.at, text }];
};

const finder = (tables: readonly { key: string; title: string }[], isForeign: boolean) => {
  const known = new Map(tables.map(({ key, title }) => [singular(title.toLowerCase()), key] as const));
  return (text: string): string | undefined => {
    const words = text.trim().toLowerCase().replaceAll("_", " ");
    const found = known.get(singular(words));
    return found === undefined && isForeign ? tables.find(({ title }) => isNear(words, title))?.key : found;
  };
};

/** One and many of a language whose rules are not known here: “mitglied” and “Mitglieder”, “libro” and “Libri”. */
const isNear = (one: string, many: string): boolean => {
  const [short, long] = [folded(one), folded(many)];
  const same = [...long].findIndex((sign, at) => sign !== short[at]);
  const alike = same === -1 ? long.length : same;
  return alike >= 3 && short.length - alike <= 1 && long.length - alike <= 3;
};
