import { isPair } from "#apps/runtime/csv-writing.ts";
import type { Column } from "#apps/runtime/schema.ts";
import { inferColumn, withOptions } from "./infer-column.ts";
import { columnNameOf, isState, labelOf, nameOf } from "./names.ts";
import { singular } from "./plural.ts";
import { currencyNamed, kindIn } from "./type-words.ts";

/** Finds the table that words name in the singular or plural. */
export type FindTable = (words: string) => string | undefined;

const marks = String.raw`(?:\s+(?:needed|required|mandatory|unique)|\s*[!*])`;
const item = new RegExp(
  String.raw`^(?:column |field )?(?<name>\p{L}[\p{L}\p{N} '’_/-]*?)(?<before>${marks}*)(?:\s*:\s*(?<after>[^=]+?)|\s*\((?<choices>[^()]*)\)|\s+(?:as|with) (?:an? )?(?<type>[\p{L}\p{N} /€$£%-]+?))?(?<behind>${marks}*)(?:\s+starting (?:at|with) (?<initial>[^=]+?))?(?:\s*=\s*(?<formula>.+))?$`,
  "isu",
);
const longestName = 48;
const mostWords = 5;

/**
 * Reads one column as people write it: `price`, `sku unique`, `name needed`, `shelf as a number`, `colour (red, blue)`, `status: new / done`,
 * `quantity starting at 1`, `total = quantity * unit_price`, and `supplier` or `owner: person` where there is such a table. Null: it is none.
 */
export const columnIn = (text: string, tables: FindTable): [string, Column] | null => {
  const found = item.exec(asChoices(text.trim().replaceAll(/\s+/g, " ")))?.groups;
  const words = (found?.name ?? "").replace(/^(?:(?:the|a|an|its|their|new) )+/i, "").trim();
  const name = columnNameOf(words);
  if (
    found === undefined ||
    name === null ||
    /^(?:needs?|must|should|can|cannot|shows?|has|have|is|are) (?!\w+ed$)/i.test(words) ||
    / or /i.test(words) ||
    words.length > longestName ||
    words.split(" ").length > mostWords
  )
    return null;
  const said = `${found.before} ${found.behind}`;
  const { digits, ...inferred } = inferColumn(name);
  const column: Column = {
    ...inferred,
    label: labelOf(
      words.includes("_") ? words : words.replace(/^\p{Lu}(?=\p{Ll})/u, (one) => one.toLowerCase()),
    ),
    required: /needed|required|mandatory|!/i.test(said),
    unique: /unique|\*/i.test(said),
  };
  const { formula, choices, type, after, initial } = found;
  const meant = type ?? after;
  if (formula !== undefined) {
    const { options: _, initial: __, ...plain } = column;
    const kind = meant === undefined ? { type: computedType(name, formula) } : kindIn(meant);
    return kind === undefined ? null : [name, { ...plain, ...kind, computed: formula.trim() }];
  }
  const starts = initial === undefined ? {} : { initial: initial.trim() };
  const given = optionsIn(choices ?? after ?? "");
  // “donor (name, email)” says what is known of a donor.
  if (choices !== undefined && given.some((one) => /^(?:name|e-?mail|phone|address|title)$/i.test(one)))
    return null;
  if (given.length > 1 && kindIn(meant ?? choices ?? "") === undefined)
    return [name, { ...column, type: "text", ...withOptions(given), ...starts }];
  const points = tables(meant ?? choices ?? singular(words.toLowerCase()));
  if (points !== undefined) {
    const { options: _, initial: __, ...plain } = column;
    // With its end it is none of the names that an app uses itself, such as “order”.
    const plainName = nameOf(words) ?? name;
    const id = plainName.endsWith("_id") ? plainName : `${plainName.slice(0, 45)}_id`;
    return [id, { ...plain, type: "reference", to: points }];
  }
  if (meant === undefined && choices === undefined)
    return [name, { ...column, ...(digits === undefined ? {} : { digits }), ...starts }];
  const kind = kindIn(meant ?? choices ?? "");
  const { options: _, initial: __, ...plain } = column;
  return kind === undefined ? null : [name, { ...plain, ...kind, ...starts }];
};

/** “priority low/medium/high” and “paid yes/no” are read as with a colon, “price paid in EUR” as money. */
const asChoices = (text: string): string => {
  const [, name, choices = ""] = /^(\p{L}[\p{L}\p{N} ]*?) ([^\s:()=/]+(?:\/[^:()=/]+)+)$/u.exec(text) ?? [];
  const all = choices.split("/");
  if (name !== undefined && isPair(all)) return `${name}: yes/no`;
  if (name !== undefined && (all.length > 2 || isState(name))) return `${name}: ${choices}`;
  const [, what, unit = ""] =
    /^((?:(?! as )[^:()=])+?) in ([A-Z]{3}|euros?|dollars?|pounds|francs|[€$£])$/u.exec(text) ?? [];
  return what !== undefined && currencyNamed(unit) !== undefined ? `${what} (${unit})` : text;
};

/** Without a word of its own: yes or no where it compares, else what its name says, else a number with decimals. */
const computedType = (name: string, formula: string): Column["type"] => {
  if (/^(?:count|days)\([^()]*\)$/.test(formula)) return "integer";
  const { type } = inferColumn(name);
  if (/[<>=]/.test(formula.replaceAll(/\((?:[^()]|\([^()]*\))*\)/g, ""))) return "boolean";
  return type === "integer" || type === "date" || type === "timestamp" ? type : "decimal";
};

const optionsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/,|\/|\||->|→|\bor\b/)
      .map((one) => one.trim().slice(0, 60))
      .filter((one) => one !== ""),
  ),
];

/** A formula, and “date and time”. */
const isJoined = (before: string, after: string): boolean =>
  before.includes("=") || (/\bdate$/i.test(before) && /^ and time\b/i.test(after));

/** A part of a list, and where it stands in it. */
export interface Item {
  text: string;
  at: number;
  length: number;
}

/** A list of columns with where each begins: parted by commas, line ends and “and”, none of them within brackets, quotes or a formula. */
export const itemsIn = (text: string): Item[] => {
  const items: Item[] = [];
  let depth = 0;
  let from = 0;
  let isQuoted = false;
  const close = (end: number, next: number) => {
    const part = text.slice(from, end);
    const words = part.trim();
    if (words !== "") items.push({ text: words, at: from + part.indexOf(words), length: words.length });
    from = next;
  };
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? "";
    if (sign === "'") isQuoted = !isQuoted && text.slice(from, at).includes("=");
    else if (isQuoted) continue;
    else if (sign === "(") depth += 1;
    else if (sign === ")") depth -= 1;
    else if (depth > 0) continue;
    else if (sign === "," || sign === "\n") close(at, at + 1);
    else if (/^ and\s/i.test(text.slice(at, at + 5)) && !isJoined(text.slice(from, at), text.slice(at)))
      close(at, at + 4);
  }
  close(text.length, text.length);
  return items;
};
