import { isPair, readersOf, unitOf } from "#apps/runtime/csv-writing.ts";
import type { ColumnType } from "#apps/runtime/kinds.ts";
import { Refusal } from "#apps/runtime/refusal.ts";
import type { Column } from "#apps/runtime/schema.ts";
import { readValue } from "#apps/runtime/value.ts";
import { currencyNamed, type Kind } from "./type-words.ts";

/** The types that what stands in a column may tell, the strictest first. */
const told = ["boolean", "integer", "decimal", "date", "timestamp", "email", "url", "phone"] as const;
type Told = (typeof told)[number];
const words: Record<Told, string> = {
  ...{
    boolean: "yes or no",
    integer: "whole numbers",
    decimal: "numbers",
    date: "dates",
    timestamp: "times",
  },
  ...{ email: "e-mail addresses", url: "web addresses", phone: "phone numbers" },
};

/** The strictest type that all cells fit, and what they are then; `unclear`: one would fit, but two ways of reading it would. */
export const typeFromCells = (
  heading: string,
  cells: readonly string[],
): { kind?: Kind; said: string; unclear: boolean } => {
  let unclear = false;
  for (const type of told)
    try {
      if (mayBe(type, heading, cells) && fits(type, heading, cells)) {
        const kind = kindOf(type, heading, cells);
        return { kind, said: wordsOf(kind, type), unclear };
      }
    } catch (error) {
      // The column does not tell how it is meant; as text nothing of it is lost.
      if (!(error instanceof Refusal)) throw error;
      unclear = true;
      if (type === "integer" || type === "decimal") break;
    }
  return { said: "", unclear };
};

/** A column of ones and zeros, or of digits that begin with a zero, is no number that anybody counts with. */
const mayBe = (type: ColumnType, heading: string, cells: readonly string[]): boolean => {
  switch (type) {
    case "boolean":
      return isPair(cells);
    case "integer":
    case "decimal":
      return (
        !isCode.test(heading) &&
        !cells.some((cell) => /^0\d/.test(cell)) &&
        !(cells.length > 1 && cells.every(isCompactDate))
      );
    case "phone":
      return isPhone.test(heading);
    default:
      return true;
  }
};

const isPhone = /phone|mobil|tel|fax|handy/i;
/** Nobody counts with them, and 030 is not 30. */
const isCode =
  /(?:phone|mobile?|\btel|telefon|fax|handy)(?: ?(?:number|no|nr|nummer))?\.?$|\bzip|postal|post ?code|\bplz\b|postleit|isbn|\bean\b|barcode|iban/i;

const isCompactDate = (cell: string): boolean =>
  /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(cell);

/** Throws Refusal where the cells do not tell how they are meant. */
const fits = (type: ColumnType, heading: string, cells: readonly string[]): boolean => {
  const column: Column = type === "decimal" ? finest(heading) : { ...finest(heading), type };
  // 1.234 is a whole number to whom parts thousands so, and none to others.
  if (type === "integer") readersOf([{ heading, column: { ...column, type: "decimal" }, cells }])[0]?.("");
  const [read] = readersOf([{ heading, column, cells }]);
  return cells.every((cell) => "value" in readValue(column, read?.(cell) ?? cell));
};

/** Numbers with one sign of a currency or of percent are just that; of others it is told how fine they are. */
const kindOf = (type: Told, heading: string, cells: readonly string[]): Kind => {
  if (type !== "integer" && type !== "decimal") return { type };
  const units = [...new Set(cells.map(unitOf).filter((unit) => unit !== null))];
  const currency = units.length === 1 ? currencyNamed(units[0] ?? "") : undefined;
  if (currency !== undefined) return { type: "money", currency };
  if (units.length === 1 && units[0] === "%") return { type: "percent" };
  if (type === "integer") return { type };
  const [read] = readersOf([{ heading, column: finest(heading), cells }]);
  const digits = Math.max(...cells.map((cell) => (read?.(cell) ?? cell).split(".")[1]?.length ?? 0));
  return digits > 2 ? { type, digits } : { type };
};

const wordsOf = ({ currency, type, digits }: Kind, told: Told): string =>
  currency !== undefined
    ? `amounts in ${currency}`
    : type === "percent"
      ? "percentages"
      : `${words[told]}${digits === undefined ? "" : ` of up to ${digits} digits after the point`}`;

const finest = (label: string): Column => ({
  ...{ type: "decimal", digits: mostDigits, label, required: false, unique: false },
});
const mostDigits = 8;
