import { checkSchema } from "#apps/runtime/check-schema.ts";
import { type Cells, cellsOf } from "#apps/runtime/csv-cells.ts";
import { zoneOf } from "#apps/runtime/csv-dates.ts";
import { csvLine } from "#apps/runtime/csv-line.ts";
import { isPair, nothing, readersOf, unitOf } from "#apps/runtime/csv-writing.ts";
import { Refusal } from "#apps/runtime/refusal.ts";
import type { AppSchema, Column, ColumnType } from "#apps/runtime/schema.ts";
import { readValue } from "#apps/runtime/value.ts";
import { AppError } from "#core/errors.ts";
import { finishTable, namesBest } from "./finish-table.ts";
import { columnNameOf, labelOf, slugOf, tableNameOf } from "./names.ts";
import type { AppPlan } from "./plan.ts";
import { currencyNamed, type Kind } from "./type-words.ts";

/** Characters of rows that an app may begin with; more rows go in by the app's own import. */
export const longestRows = 200_000;
const mostColumns = 60;
/** So many rows tell what a column holds. */
const mostLooked = 1_000;

/** What was found of a column, and by what. */
interface Found {
  name: string;
  column: Column;
  evidence: string;
}

/**
 * An app with one table for rows as a spreadsheet has them, headings first: the types are told by what stands in the columns. Throws
 * AppError("bad-input") where they are no rows.
 */
export const planFromRows = (rows: string, title: string): AppPlan => {
  const { above, lines, places } = readCells(rows);
  if (lines.length === 0)
    throw refused("Paste the headings and at least one row below them, as they stand in the spreadsheet.");
  if (places.length > mostColumns) throw refused(`A table has at most ${mostColumns} columns.`);
  const found = places.map((place) =>
    columnFrom(
      place,
      lines.slice(0, mostLooked).map((cells) => (cells[place.at] ?? "").trim()),
    ),
  );
  const columns = Object.fromEntries(found.map(({ name, column }) => [name, column]));
  const name = tableNameOf(title) ?? "rows";
  const table = { ...finishTable(name.replaceAll("_", " "), columns), title: title.slice(0, 60) };
  const named = nameOf(found) ?? table.name;
  const schema = checkSchema({
    ...{ app: slugOf(title), title: title.slice(0, 80) },
    tables: { [name]: { ...table, name: named } },
  } satisfies AppSchema);
  return {
    schema,
    understood: [
      `One table with ${found.length} columns, for ${lines.length.toLocaleString("en")} ${lines.length === 1 ? "row" : "rows"}, which are added once it is made.`,
      ...above.map((line) => `“${line.slice(0, 100)}” stands above the headings and is left out.`),
      ...found.map(({ column, evidence }) => `“${column.label}” ${evidence}.`),
    ],
    warnings: [],
  };
};

/** The rows as a file whose headings are the names of the columns. */
export const rowsFor = (rows: string): string => {
  const { heading, lines, places } = readCells(rows);
  // What stands beyond the headings goes along, for the import to refuse.
  const cells = lines.map((line) => [
    ...places.map(({ at }) => line[at] ?? ""),
    ...line.slice(heading.length),
  ]);
  return [places.map(({ name }) => name), ...cells].map(csvLine).join("");
};

const refused = (sentence: string): AppError => new AppError("bad-input", sentence, { field: "rows" });

const readCells = (rows: string): Cells & { places: Place[] } => {
  try {
    const cells = cellsOf(rows);
    return { ...cells, places: placesOf(cells) };
  } catch (error) {
    throw error instanceof Refusal ? refused(error.message) : error;
  }
};

/** A column of the rows: the which-th it is, what is written above it, and the name by which an app knows it. */
interface Place {
  at: number;
  heading: string;
  name: string;
}

/** Headings that are empty or there twice get a number, so that each is a column; where nothing stands above nor below, there is none. */
const placesOf = ({ heading, lines }: Cells): Place[] => {
  const taken = new Set<string>();
  return heading.flatMap((given, at) => {
    const plain = given.trim().replaceAll(/\s+/g, " ").slice(0, 50);
    if (plain === "" && lines.every((cells) => (cells[at] ?? "").trim() === "")) return [];
    const label = plain === "" ? `Column ${at + 1}` : plain;
    for (let number = 1; ; number++) {
      const heading = number === 1 ? label : `${label} ${number}`;
      // What no name can be made of, of another alphabet, keeps its heading all the same.
      const name =
        columnNameOf(spaced(heading)) ?? (number === 1 ? `column_${at + 1}` : `column_${at + 1}_${number}`);
      if (taken.has(name)) continue;
      taken.add(name);
      return [{ at, heading, name }];
    }
  });
};

/** “unitPrice” as two words. */
const spaced = (label: string): string => label.replaceAll(/(?<=[\p{Ll}\d])(?=\p{Lu})/gu, " ");

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

const columnFrom = ({ heading, name }: Place, cells: readonly string[]): Found => {
  const label = labelOf(spaced(heading)).slice(0, 60);
  const filled = cells.filter((cell) => cell !== "" && !nothing.test(cell));
  const plain = { label, required: false, unique: false };
  const example = filled[0]?.slice(0, 40) ?? "";
  if (filled.length === 0)
    return {
      name,
      column: { ...plain, type: "text" },
      evidence: "is empty in these rows, so it takes any text",
    };
  const distinct = new Set(filled);
  const isUnique = filled.length > 2 && distinct.size === filled.length && filled.length === cells.length;
  const { type, unclear } = typeOf(heading, filled);
  if (type !== undefined) {
    const inUtc = type === "timestamp" && filled.every((cell) => zoneOf(cell) !== "");
    return {
      name,
      column: {
        ...plain,
        ...kindOf(type, heading, filled),
        label: inUtc ? `${label.slice(0, 54)} (UTC)` : label,
        unique: isUnique && type === "email",
      },
      evidence: `holds ${wordsOf(kindOf(type, heading, filled), type)}, such as ${example}${inUtc ? ", and keeps them as the time in UTC" : ""}`,
    };
  }
  if (
    distinct.size > 1 &&
    distinct.size <= mostChoices &&
    filled.length >= distinct.size * 3 &&
    [...distinct].every(isWord)
  )
    return {
      name,
      column: { ...plain, type: "text", options: [...distinct] },
      evidence: `is one of ${[...distinct].join(", ")}`,
    };
  const isLong = filled.some((cell) => cell.length > 120 || cell.includes("\n"));
  return {
    name,
    column: { ...plain, type: isLong ? "longtext" : "text", unique: isUnique && isNumbering.test(name) },
    evidence: `holds ${isLong ? "long text" : "text"}, such as ${example}${unclear ? ", since nothing tells how its numbers or dates are meant" : ""}`,
  };
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

const mostChoices = 8;
const isWord = (text: string): boolean => text.length <= 30 && !text.includes("\n");
const isNumbering = /(?:^|_)(?:sku|number|no|nr|code|isbn|ean)$/;

/** The strictest type that all cells fit; `unclear`: one would fit, but two ways of reading it would. */
const typeOf = (heading: string, cells: readonly string[]): { type?: Told; unclear: boolean } => {
  let unclear = false;
  for (const type of told)
    try {
      if (mayBe(type, heading, cells) && fits(type, heading, cells)) return { type, unclear };
    } catch (error) {
      // The column does not tell how it is meant; as text nothing of it is lost.
      if (!(error instanceof Refusal)) throw error;
      unclear = true;
      if (type === "integer" || type === "decimal") break;
    }
  return { unclear };
};

/** A column of ones and zeros, or of digits that begin with a zero, is no number that anybody counts with. */
const mayBe = (type: ColumnType, heading: string, cells: readonly string[]): boolean => {
  switch (type) {
    case "boolean":
      return isPair(cells);
    case "integer":
    case "decimal":
      return !cells.some((cell) => /^0\d/.test(cell)) && !(cells.length > 1 && cells.every(isCompactDate));
    case "phone":
      return /phone|mobil|tel|fax|handy/i.test(heading);
    default:
      return true;
  }
};

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

/** The column that names a row: one that is called so, else the first of text that is another in nearly every row. */
const nameOf = (found: readonly Found[]): string | undefined => {
  const texts = found.filter(({ column }) => column.type === "text" && column.options === undefined);
  return (
    texts.find(({ name }) => namesBest.includes(name)) ??
    texts.find(({ name }) => /(?:^|_)(?:name|title)$/.test(name)) ??
    texts[0]
  )?.name;
};
