import type { ColumnType } from "#apps/runtime/kinds.ts";
import type { Column } from "#apps/runtime/schema.ts";
import { labelOf } from "./names.ts";

/** What a column holds, told by its name: the first rule that fits decides. Numbers of things are whole, money and measures are not. */
const rules: readonly (readonly [RegExp, ColumnType])[] = [
  [/(?:^|_)(?:e_?mail|email_address)$/, "email"],
  [/(?:^|_)(?:phone|mobile|telephone|tel|fax|whatsapp|cellphone|phone_number|mobile_number)$/, "phone"],
  [/(?:^|_)(?:url|website|link|homepage|web_?page|photo|picture|image|attachment)$/, "url"],
  [/^(?:is|has|can|was|wants|needs)_/, "boolean"],
  [
    /^(?:active|paid|done|completed|available|enabled|approved|archived|confirmed|cancelled|checked|vip|taxable|returned|delivered|vegetarian|vegan|vaccinated|insured|published|billable)$/,
    "boolean",
  ],
  [
    /_at$|(?:^|_)(?:timestamp|datetime|date_and_time|check_in|check_out|checked_in|checked_out)$/,
    "timestamp",
  ],
  [
    /(?:^|_)(?:date|birthday|dob|deadline|due|expiry|expires|expiration|born|arrival|departure)$|_on$|_until$|_since$|^date_|^valid_/,
    "date",
  ],
  [/(?:^|_)(?:percent|percentage)$/, "percent"],
  [
    /(?:^|_)(?:price|cost|amount|total|subtotal|rent|deposit|budget|fee|salary|wage|tax|discount|balance|rate|revenue|income|profit|tip|tuition|premium|weight|height|width|length|depth|distance|area|volume|temperature|hours|latitude|longitude|credit|debit|dues)$|_(?:kg|g|cm|mm|km|l|ml|eur|usd|gbp)$/,
    "decimal",
  ],
  [
    /(?:^|_)(?:quantity|qty|stock|count|capacity|size|seats|bedrooms|bathrooms|rooms|year|age|level|points|score|rating|stars|floor|mileage|minutes|days|weeks|months|pages|copies|units|servings|calories|wait)$|^(?:min|max|number_of|num)_/,
    "integer",
  ],
  [
    /(?:^|_)(?:description|notes?|comments?|details|bio|body|content|message|problem|diagnosis|solution|symptoms|treatment|address|summary|instructions?|remarks|feedback|reason|issue|ingredients|history|allergies|terms|requirements|text|answer|question|dietary_needs|review)$/,
    "longtext",
  ],
];

/** What is measured finer than by two digits. */
const fine: Readonly<Record<string, number>> = {
  ...{ latitude: 6, longitude: 6, rate: 4, weight: 3, volume: 3, kg: 3, l: 3, km: 3 },
};

/** Words that come with their usual values. */
const usualOptions: Readonly<Record<string, readonly string[]>> = {
  status: ["new", "in progress", "done"],
  stage: ["new", "in progress", "done"],
  priority: ["low", "normal", "high", "urgent"],
  severity: ["minor", "major", "critical"],
  weekday: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
};

/** The type that a column of this name most likely has. A party's size or a capacity is a number, a shoe's size is told in words. */
export const inferType = (name: string): ColumnType => {
  if (name === "size") return "text";
  return rules.find(([pattern]) => pattern.test(name))?.[1] ?? "text";
};

/** A column by its name alone: type, label and, for words such as “status”, the usual values, of which the first is the initial one. */
export const inferColumn = (name: string): Column => {
  const type = inferType(name);
  const options = type === "text" ? optionsOf(name) : undefined;
  return {
    type,
    ...(type === "decimal" && Object.hasOwn(fine, last(name)) ? { digits: fine[last(name)] } : {}),
    label: labelOf(name),
    required: false,
    unique: false,
    ...(options === undefined ? {} : withOptions(options)),
  };
};

/** Options and the one that new rows begin with. */
export const withOptions = (options: readonly string[]): Pick<Column, "options" | "initial"> => {
  const [initial] = options;
  return initial === undefined ? {} : { options: [...options], initial };
};

const optionsOf = (name: string): readonly string[] | undefined => {
  return Object.hasOwn(usualOptions, last(name)) ? usualOptions[last(name)] : undefined;
};

const last = (name: string): string => name.slice(name.lastIndexOf("_") + 1);
