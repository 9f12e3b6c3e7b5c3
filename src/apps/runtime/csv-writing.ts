import { folded } from "./database.ts";
import { Refusal } from "./refusal.ts";
import type { Column } from "./schema.ts";

/** A column of a file: what it is for, and all that stands in it. */
export interface FileColumn {
  heading: string;
  column: Column;
  cells: readonly string[];
}

/** Turns what stands in a cell of one column into what the column reads. */
export type Reader = (cell: string) => string;

/** What programs write where there is nothing. */
const nothing = /^(?:null|\\n|n\/?a|#n\/a|nan|nil|none|-{1,2}|–|—)$/i;
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
  const { heading, column } = one;
  switch (column.type) {
    case "integer":
    case "decimal":
      return numberReader(one);
    case "date":
    case "timestamp":
      return dateReader(heading, column.type, order);
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

const yes = new Set("yes y true t on 1 x ✓ ja j oui si sí s sim wahr vrai verdadero tak da".split(" "));
const no = new Set("no n false f off 0 nein non nao não falsch faux falso nie nej net".split(" "));

const truthIn: Reader = (text) => {
  const word = text.toLowerCase();
  return yes.has(word) ? "yes" : no.has(word) ? "no" : text;
};

/** Currencies, percent and blanks say nothing about the number. */
const around = /^(?:[\p{Sc}%\s]|[A-Z]{3}\b)+|(?:[\p{Sc}%\s]|\b[A-Z]{3}|kr\.?)+$/gu;

const bare = (text: string): string => {
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

const numberReader = ({ heading, column, cells }: FileColumn): Reader => {
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

type Order = "day" | "month";

const date =
  /^(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})\.?(?:[T ,]+(\d{1,2}:\d\d(?::\d\d)?)(?:\.0+)?\s*([ap]m)?)?$/i;

/** Whether day or month comes first where slashes or hyphens part them, told by all dates of the file; null: no date tells. */
const dayOrder = (columns: readonly FileColumn[]): Order | null => {
  const found = new Set<Order>();
  for (const { cells } of columns)
    for (const cell of cells) {
      const [, first = "", mark, second] = date.exec(cell.trim()) ?? [];
      if (mark === undefined || mark === "." || first.length > 2) continue;
      if (Number(first) > 12) found.add("day");
      if (Number(second) > 12) found.add("month");
    }
  const [only = null] = found;
  return found.size === 1 ? only : null;
};

const dateReader =
  (heading: string, type: "date" | "timestamp", order: Order | null): Reader =>
  (text) => {
    const compact = text.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
    const [, first = "", mark = "", second = "", third = "", time = "", half] = date.exec(compact) ?? [];
    if (mark === "") return text;
    const isIso = first.length === 4;
    if (
      !isIso &&
      mark !== "." &&
      order === null &&
      Number(first) <= 12 &&
      Number(second) <= 12 &&
      first !== second
    )
      throw new Refusal(
        "bad-input",
        `“${heading}” has dates like ${text}, and no date of this file tells whether the day or the month comes first. Write them as 2026-03-01 or 1.3.2026.`,
      );
    const isDayFirst = mark === "." || order !== "month";
    const [year, month, day] = isIso
      ? [first, second, third]
      : isDayFirst
        ? [fullYear(third), second, first]
        : [fullYear(third), first, second];
    const at = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
    const clock = time === "" ? "" : clockOf(time, half?.toLowerCase());
    if (type === "date") return clock === "" || clock === "00:00:00" ? at : text;
    return `${at}T${clock === "" ? "00:00:00" : clock}`;
  };

const fullYear = (year: string): string =>
  year.length === 2 ? `${Number(year) < 70 ? "20" : "19"}${year}` : year;

const clockOf = (time: string, half: string | undefined): string => {
  const [hour = "", minute = "", second = "00"] = time.split(":");
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === "pm" ? 12 : 0);
  return `${String(hours).padStart(2, "0")}:${minute}:${second}`;
};
