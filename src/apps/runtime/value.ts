import { z } from "zod";
import { type Clock, wallDate, wallTime } from "./clock.ts";
import { columnTypes, kindOf } from "./kinds.ts";
import { type Column, digitsOf } from "./schema.ts";

/** A value as SQLite keeps it: dates and times as text, booleans as 0 and 1. */
export type Value = string | number | null;

/** A value that was read, or what is wrong with it as the end of a sentence: "must be a whole number." */
export type Reading = { value: Value } | { problem: string };

/**
 * Reads a value for a column from a form, a CSV file or JSON. Empty text is no value. Numbers have a point or a comma, a percentage may have its
 * sign, times are those on the wall, without a zone. Whether a referenced row exists is not looked at here.
 */
export const readValue = (column: Column, raw: unknown): Reading => {
  if (raw === undefined || raw === null || (typeof raw === "string" && raw.trim() === ""))
    return column.required ? { problem: "is needed." } : { value: null };
  if (typeof raw === "boolean" && column.type !== "boolean") return { problem: "cannot be true or false." };
  if (typeof raw === "object") return { problem: "must be a single value." };
  const text = String(raw).trim().replaceAll("\r\n", "\n");
  // First of all: to look closer at a text without end would hold up everybody.
  const { most } = kindOf(column.type);
  return text.length <= most ? byType(column, text) : { problem: `must have at most ${most} characters.` };
};

const byType = (column: Column, text: string): Reading => {
  switch (column.type) {
    case "text":
      if (column.options !== undefined && !column.options.includes(text))
        return { problem: `must be one of: ${column.options.join(", ")}.` };
      return words(text.replaceAll("\n", " "));
    case "longtext":
      return words(text);
    case "email":
      return z.email().safeParse(text).success ? words(text) : { problem: "must be an e-mail address." };
    case "phone":
      return /^\+?[\d ()./-]{3,40}$/.test(text) && (text.match(/\d/g)?.length ?? 0) >= 3
        ? { value: text }
        : { problem: "must be a phone number, such as +44 20 7946 0018." };
    case "url":
      return isWebAddress(text)
        ? words(text)
        : { problem: "must be a web address, such as https://example.org." };
    case "integer":
      return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text))
        ? { value: Number(text) }
        : { problem: "must be a whole number." };
    case "decimal":
    case "money":
      return number(text, digitsOf(column));
    case "percent":
      return number(text.replace(/\s*%$/, ""), digitsOf(column));
    case "boolean":
      return truth(text);
    case "date":
      if (z.iso.date().safeParse(text).success) return { value: text };
      return {
        problem: /^\d{4}-\d\d-\d\d$/.test(text)
          ? `must be a date that there is, and there is no ${text}.`
          : "must be a date, such as 2026-03-01.",
      };
    case "timestamp":
      return time(text);
    case "reference":
      return words(text);
    default:
      return column.type satisfies never;
  }
};

/** More digits than these a computer does not keep exactly. */
const mostDigits = 15;

const number = (text: string, digits: number): Reading => {
  const [, whole, fraction = ""] = /^[+-]?(\d+)(?:[.,](\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return { problem: "must be a number, such as 1250.5." };
  if (fraction.replace(/0+$/, "").length > digits)
    return {
      problem: `must have ${digits === 0 ? "no digits" : digits === 1 ? "at most one digit" : `at most ${digits} digits`} after the point.`,
    };
  if (whole.replace(/^0+/, "").length > mostDigits - digits)
    return { problem: `must have at most ${mostDigits - digits} digits before the point.` };
  return { value: Number(text.replace(",", ".")) };
};

const words = (text: string): Reading =>
  text.includes("\0") ? { problem: "contains a character that cannot be kept." } : { value: text };

/** Only these may become links: an address of another kind could run a script. */
export const isWebAddress = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const truth = (text: string): Reading => {
  if (/^(?:true|yes|on|1)$/i.test(text)) return { value: 1 };
  if (/^(?:false|no|off|0)$/i.test(text)) return { value: 0 };
  return { problem: "must be yes or no." };
};

const time = (text: string): Reading => {
  const full = text.replace(" ", "T");
  const whole = /T\d\d:\d\d$/.test(full) ? `${full}:00` : full;
  if (z.iso.datetime({ local: true, precision: 0 }).safeParse(whole).success && !whole.endsWith("Z"))
    return { value: whole };
  return {
    problem: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(whole)
      ? `must be a time that there is, and there is no ${full}.`
      : "must be a date and a time on the clock, without a zone, such as 2026-03-01T19:30.",
  };
};

/** A kept value as a column of another type and so many digits keeps it; null where it does not fit. Rows are never pointed to by what was something else. */
export const fittedValue = (type: string, digits: number, value: unknown): Value => {
  const known = columnTypes.find((one) => one === type);
  if (known === undefined || known === "reference" || value === null || value === undefined) return null;
  const read = readValue({ type: known, digits, label: "", required: false, unique: false }, String(value));
  return "value" in read ? read.value : null;
};

/** What a new row begins with in a column, as text for a form. "now" and "today" mean the moment of asking. */
export const initialText = (column: Column, clock: Pick<Clock, "now">): string => {
  if (column.initial === "now" && column.type === "timestamp") return wallTime(clock.now());
  if ((column.initial === "today" || column.initial === "now") && column.type === "date")
    return wallDate(clock.now());
  return column.initial ?? "";
};
