import { type ColumnType, columnTypes } from "#apps/runtime/kinds.ts";
import { own } from "#apps/runtime/own.ts";
import type { Column } from "#apps/runtime/schema.ts";

/** What a column holds, with what belongs to its type. */
export type Kind = Pick<Column, "type" | "digits" | "currency">;

/** What people and models call the types of columns. */
const called: Partial<Record<ColumnType, string>> = {
  text: "free text,plain text,words,string,varchar,enum,select,choice,status",
  longtext: "long text,multi-line text,textarea,multiline",
  integer: "number,whole number,count,int",
  decimal: "decimal number,number with decimals,float,double,numeric",
  money: "amount,price,currency",
  percent: "percentage,%",
  boolean: "yesno,yes/no,yes or no,checkbox,bool",
  timestamp: "date and time,time,datetime,date-time",
  url: "link,web address,website",
  email: "e-mail,email address",
  phone: "phone number,tel",
};
const typeWords: Readonly<Record<string, ColumnType>> = Object.fromEntries([
  ...columnTypes.flatMap((type) => (called[type]?.split(",") ?? []).map((word) => [word, type])),
  ["yes, no", "boolean"],
]);
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
