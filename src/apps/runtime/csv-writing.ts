import type { FileColumn, Reader } from "./csv-column.ts";
import { dateReader, dayOrder, type Order } from "./csv-dates.ts";
import { folded } from "./database.ts";
import { Refusal } from "./refusal.ts";
import type { Column } from "./schema.ts";

/** What programs write where there is nothing. */
export const nothing = /^(?:null|\\n|n\/?a|#n\/a|nan|nil|none|-{1,2}|–|—)$/i;
/** In a column of text only those that nobody means as text. */
const nothingInText = /^(?:NULL|\\N|#N\/A)$/;

/**
 * How the numbers, dates and words of a file are written, told by all of its values: decimal comma or point, day or month first, yes and no in a few
 * languages, choices in any case. What fits no way of writing stays as it is, for the column to refuse. Throws Refusal("bad-input") where the
 * file itself does not tell which of two ways it means. `isOwn`: an app wrote it, so that each text is meant as it stands.
 */
export const readersOf = (columns: readonly FileColumn[], isOwn = false): Reader[] => {
  const order = dayOrder(columns.filter(({ column: { type } }) => type === "date" || type === "timestamp"));
  return columns.map((one) => {
    const read = readerOf(one, order);
    const none = isText(one.column) ? nothingInText : nothing;
    return (cell) => {
      const text = cell.trim();
      if (isOwn && none === nothingInText) return cell;
      return text === "" || none.test(text) ? "" : read(text);
    };
  });
};

const isText = ({ type, options }: Column): boolean =>
  (type === "text" || type === "longtext" || type === "reference") && options === undefined;

const readerOf = (one: FileColumn, order: Order | null): Reader => {
  const { column } = one;
  switch (column.type) {
    case "integer":
    case "decimal":
    case "money":
    case "percent":
      return numberReader(one);
    case "date":
    case "timestamp":
      return dateReader(one, column.type, order);
    case "boolean":
      return truthIn;
    default:
      return column.options === undefined ? (text) => text : choiceReader(column.options);
  }
};

const choiceReader = (options: readonly string[]): Reader => {
  const known = new Map(options.map((one) => [folded(one), one]));
  return (text) => known.get(folded(text)) ?? text;
};

/** How programs and people write yes and no. */
const pairs = (
  "yes no,y n,true false,t f,on off,1 0,✓ ✗,ja nein,ja nee,ja nej,j n,wahr falsch,oui non,vrai faux,si no,sí no,s n," +
  "verdadero falso,sim não,sim nao,vero falso,tak nie,ano ne,da net,x -"
)
  .split(",")
  .map((pair) => pair.split(" "));
const [yes, no] = [0, 1].map((at) => new Set(pairs.map((pair) => pair[at])));

const truthIn: Reader = (text) => {
  const word = text.toLowerCase();
  return yes?.has(word) ? "yes" : no?.has(word) ? "no" : text;
};

/** Whether all cells are the words of one pair for yes and no; digits and single letters only where both are there. */
export const isPair = (cells: readonly string[]): boolean => {
  const words = [...new Set(cells.map((cell) => cell.toLowerCase()))];
  if (words.every((word) => /^\d$/.test(word))) return false;
  return pairs.some(
    (pair) =>
      words.every((word) => pair.includes(word)) && (words.length === 2 || (words[0]?.length ?? 0) > 1),
  );
};

/** Currencies, percent and blanks say nothing about the number. */
const around = /^(?:[\p{Sc}%\s]|[A-Z]{3}\b)+|(?:[\p{Sc}%\s]|\b[A-Z]{3}|kr\.?)+$/gu;

/** No number is longer, and to look whether one is takes the longer the longer it is, more than twice as long for twice the text. */
const longestNumber = 100;

const bare = (text: string): string => {
  if (text.length > longestNumber) return text;
  const plain = text
    .trim()
    .replaceAll("−", "-")
    .replace(/^\((.*)\)$/, "-$1")
    .replace(/^(.*\d)\s*-$/, "-$1");
  const sign = /^[+-]/.exec(plain)?.[0] ?? "";
  return (
    sign +
    plain
      .slice(sign.length)
      .replaceAll(around, "")
      .replaceAll(/(?<=\d)[\s'’](?=\d{3})/gu, "")
  );
};

/** “1.234” or “1,234”: thousands, or three digits behind the point. */
const isEither = (text: string): boolean => /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/.test(text);

/** Which currency an amount is in, or that it is a percentage; null where nothing tells. */
export const unitOf = (cell: string): string | null => {
  const sign = /[\p{Sc}%]|\b[A-Z]{3}\b|kr\b/u.exec(cell)?.[0] ?? null;
  return sign === null ? null : (codes[sign] ?? sign);
};
const codes: Readonly<Record<string, string>> = { "€": "EUR", $: "USD", "£": "GBP", "¥": "JPY" };

const numberReader = ({ heading, column, cells }: FileColumn): Reader => {
  // Amounts in two currencies are no numbers that can stand in one column.
  if (new Set(cells.map(unitOf).filter((unit) => unit !== null)).size > 1) return (text) => text;
  const numbers = cells.map(bare);
  const tells = (mark: string, group: string) => {
    const decimal = new RegExp(`^[+-]?(?:\\d+|\\d{1,3}(?:${group}\\d{3})+)${mark}(?:\\d{1,2}|\\d{4,})$`);
    const grouped = new RegExp(`${group}\\d{3}(?:${group}|${mark})|^[+-]?0+${mark}\\d`);
    return numbers.some((text) => decimal.test(text) || grouped.test(text));
  };
  const [isPoint, isComma] = [tells("\\.", ","), tells(",", "\\.")];
  // No one way of writing, so each is left as it stands.
  if (isPoint && isComma) return (text) => text;
  const either = isPoint || isComma || column.type === "integer" ? undefined : numbers.find(isEither);
  if (either !== undefined)
    throw new Refusal(
      "bad-input",
      `“${heading}” has numbers like ${either}, and none of them tells whether that parts thousands or digits behind the point. Write them without parting thousands, with two digits behind the point.`,
    );
  return (text) => {
    const number = bare(text);
    const mark = isComma ? "," : isPoint || !isEither(number) ? "." : "";
    const [whole = "", ...fraction] = mark === "" ? [number] : number.split(mark);
    const digits = /^[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*$/.test(whole)
      ? whole.replaceAll(/[.,]/g, "")
      : whole;
    const plain = [digits, ...fraction.map((part) => part.replace(/0+$/, ""))].filter((part) => part !== "");
    return /^[+-]?\d+$/.test(digits) && fraction.length < 2 ? plain.join(".") : text;
  };
};
