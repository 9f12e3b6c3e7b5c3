import { type ColumnType, columnTypes } from "#apps/runtime/schema.ts";

/** What people call the types of columns. */
const typeWords: Readonly<Record<string, ColumnType>> = {
  ...{ number: "integer", "whole number": "integer", count: "integer" },
  ...{
    money: "decimal",
    amount: "decimal",
    "decimal number": "decimal",
    "number with decimals": "decimal",
    price: "decimal",
  },
  ...{
    "long text": "longtext",
    "multi-line text": "longtext",
    "free text": "text",
    "plain text": "text",
    words: "text",
  },
  ...{ yesno: "boolean", "yes/no": "boolean", "yes or no": "boolean", checkbox: "boolean" },
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

/** The type that these words mean; undefined when they mean none. */
export const typeIn = (words: string): ColumnType | undefined => {
  const wanted = words.trim().toLowerCase();
  return (
    columnTypes.find((type) => type === wanted && type !== "reference") ??
    (Object.hasOwn(typeWords, wanted) ? typeWords[wanted] : undefined)
  );
};
