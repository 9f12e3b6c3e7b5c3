import { asker } from "./asker.ts";
import { wallTime } from "./clock.ts";
import { isNumeric } from "./kinds.ts";
import { type Column, digitsOf } from "./schema.ts";
import type { Value } from "./value.ts";

/** A value as text that is the same for everybody, as forms and files have it. */
export const plain = (column: Column, value: Value): string => {
  if (value === null) return "";
  if (column.type === "boolean") return value === 1 ? "Yes" : "No";
  if (isNumeric(column.type)) return Number(value).toFixed(digitsOf(column));
  if (column.type === "timestamp") return String(value).replace("T", " ").slice(0, 16);
  return String(value);
};

/** A value as whoever asks reads it: numbers and dates as their language writes them, with currency and percent. */
export const spoken = (column: Column, value: Value): string => {
  const { language } = asker();
  if (value === null) return "";
  if (isNumeric(column.type)) return numberIn(language ?? "en", column, Number(value), language === null);
  if (language === null || (column.type !== "date" && column.type !== "timestamp"))
    return plain(column, value);
  return dateIn(language, String(value), column.type === "timestamp");
};

/** An instant (ISO 8601) as the clock on the wall showed it. */
export const momentSpoken = (at: string): string => {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return at;
  const { language } = asker();
  return language === null
    ? wallTime(ms).replace("T", " ").slice(0, 16)
    : dateIn(language, wallTime(ms), true);
};

const numberIn = (language: string, column: Column, value: number, isPlain: boolean): string => {
  const { type, currency } = column;
  const digits = digitsOf(column);
  const number = isPlain
    ? value.toFixed(digits)
    : formatIn(language, `${type === "integer" ? "whole" : "number"} ${digits}`, () => {
        const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits };
        // A year is no quantity.
        const grouping = { useGrouping: type === "integer" ? ("min2" as const) : ("auto" as const) };
        const { format } = new Intl.NumberFormat(language, { ...exact, ...grouping });
        return (one) => format(one);
      })(value);
  return type === "percent"
    ? `${number}\u00a0%`
    : currency === undefined
      ? number
      : `${number}\u00a0${currency}`;
};

/** A date or a time on the wall; month and day are told apart in every language. */
const dateIn = (language: string, text: string, withTime: boolean): string => {
  const ms = Date.parse(withTime ? `${text}Z` : text);
  if (Number.isNaN(ms)) return text;
  return formatIn(language, withTime ? "time" : "date", () => {
    const { format } = new Intl.DateTimeFormat(language, {
      ...{ dateStyle: "medium", timeZone: "UTC" },
      ...(withTime ? { timeStyle: "short" } : {}),
    });
    return (one) => format(one);
  })(ms);
};

type Format = (value: number) => string;
const formats = new Map<string, Format>();
const mostFormats = 200;

const formatIn = (language: string, kind: string, make: () => Format): Format => {
  const key = `${language} ${kind}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  if (formats.size >= mostFormats) formats.clear();
  const made = make();
  formats.set(key, made);
  return made;
};
