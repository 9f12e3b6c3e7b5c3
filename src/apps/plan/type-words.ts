import { own } from "#apps/runtime/own.ts";
import { type Column, type ColumnType, columnTypes } from "#apps/runtime/schema.ts";

/** What a column holds, with what belongs to its type. */
export type Kind = Pick<Column, "type" | "digits" | "currency">;

/** What people and models call the types of columns. */
const typeWords: Readonly<Record<string, ColumnType>> = {
  ...{ string: "text", varchar: "text", enum: "text", select: "text", choice: "text", status: "text" },
  ...{ textarea: "longtext", multiline: "longtext" },
  ...{ int: "integer", float: "decimal", double: "decimal", numeric: "decimal" },
  ...{ bool: "boolean", "date-time": "timestamp", tel: "phone" },
  ...{ number: "integer", "whole number": "integer", count: "integer" },
  ...{ amount: "money", price: "money", currency: "money", "decimal number": "decimal" },
  ...{ "number with decimals": "decimal", percentage: "percent", "%": "percent" },
  ...{
    "long text": "longtext",
    "multi-line text": "longtext",
    "free text": "text",
    "plain text": "text",
    words: "text",
  },
  ...{
    yesno: "boolean",
    "yes/no": "boolean",
    "yes or no": "boolean",
    "yes, no": "boolean",
    checkbox: "boolean",
  },
  ...{ "date and time": "timestamp", time: "timestamp", datetime: "timestamp" },
  ...{
    link: "url",
    "web address": "url",
    website: "url",
    "e-mail": "email",
    "email address": "email",
    "phone number": "phone",
  },
};
const currencyWords: Readonly<Record<string, string>> = {
  ...{ euro: "EUR", euros: "EUR", "€": "EUR", dollar: "USD", dollars: "USD", $: "USD" },
  ...{ pounds: "GBP", "£": "GBP", francs: "CHF" },
};

/** The type that a model means by a word: its numbers have decimals, and it may point to rows. Null: none. */
export const typeCalled = (word: string): ColumnType | null => {
  const wanted = word.trim().toLowerCase();
  if (wanted === "number") return "decimal";
  if (/^(?:foreign[ _]key|relation)$/.test(wanted)) return "reference";
  return columnTypes.find((one) => one === wanted) ?? own(typeWords, wanted) ?? null;
};

/** The type that these words mean, “3 decimals” and “money in EUR” too; undefined when they mean none. */
export const kindIn = (words: string): Kind | undefined => {
  const wanted = words.trim().toLowerCase();
  const [, digits] =
    /^(?:(?:decimal|number)s? (?:of|with) )?([0-8]) (?:decimals?|digits?|decimal places)$/.exec(wanted) ?? [];
  if (digits !== undefined) return { type: "decimal", digits: Number(digits) };
  const [, counted] = /^(?:(?:money|amount|price|currency)(?: in)? )?(\p{L}+|[€$£])$/u.exec(wanted) ?? [];
  const currency = counted === undefined ? undefined : currencyNamed(counted);
  if (currency !== undefined) return { type: "money", currency };
  const type = columnTypes.find((one) => one === wanted && one !== "reference") ?? own(typeWords, wanted);
  return type === undefined ? undefined : { type };
};

/** “EUR”, “euro” or “€” as ISO 4217 has it; undefined when it is none. */
export const currencyNamed = (words: string): string | undefined => {
  const code = words.trim().toUpperCase();
  if (Object.hasOwn(currencyWords, words.trim().toLowerCase()))
    return currencyWords[words.trim().toLowerCase()];
  return Intl.supportedValuesOf("currency").find((one) => one === code);
};
