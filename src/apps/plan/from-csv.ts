import { checkSchema } from "#apps/runtime/check-schema.ts";
import { csvLine } from "#apps/runtime/csv-line.ts";
import { cellsOf } from "#apps/runtime/csv-read.ts";
import { readersOf } from "#apps/runtime/csv-writing.ts";
import { Refusal } from "#apps/runtime/refusal.ts";
import type { AppSchema, Column, ColumnType } from "#apps/runtime/schema.ts";
import { readValue } from "#apps/runtime/value.ts";
import { AppError } from "#core/errors.ts";
import { finishTable, namesBest } from "./finish-table.ts";
import { columnNameOf, labelOf, slugOf, tableNameOf } from "./names.ts";
import type { AppPlan } from "./plan.ts";

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
  const [heading = [], ...lines] = readCells(rows);
  if (lines.length === 0)
    throw refused("Paste the headings and at least one row below them, as they stand in the spreadsheet.");
  if (heading.length > mostColumns) throw refused(`A table has at most ${mostColumns} columns.`);
  const found = namedOnce(heading).map((label, at) =>
    columnFrom(
      label,
      lines.slice(0, mostLooked).map((cells) => (cells[at] ?? "").trim()),
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
      ...found.map(({ column, evidence }) => `“${column.label}” ${evidence}.`),
    ],
    warnings: [],
  };
};

/** The rows as a file with the headings by which the columns know them. */
export const rowsFor = (rows: string): string => {
  const [heading = [], ...lines] = readCells(rows);
  return [namedOnce(heading), ...lines].map(csvLine).join("");
};

const refused = (sentence: string): AppError => new AppError("bad-input", sentence, { field: "rows" });

const readCells = (rows: string): string[][] => {
  try {
    return cellsOf(rows);
  } catch (error) {
    throw error instanceof Refusal ? refused(error.message) : error;
  }
};

/** Headings that are empty or there twice get a number, so that each is a column. */
const namedOnce = (heading: readonly string[]): string[] => {
  const taken = new Set<string>();
  return heading.map((given, at) => {
    const plain = given.trim().replaceAll(/\s+/g, " ").slice(0, 50);
    const label = plain === "" || columnNameOf(plain) === null ? `Column ${at + 1}` : plain;
    for (let number = 1; ; number++) {
      const one = number === 1 ? label : `${label} ${number}`;
      const key = columnNameOf(spaced(one)) ?? "";
      if (taken.has(key)) continue;
      taken.add(key);
      return one;
    }
  });
};

/** “unitPrice” as two words. */
const spaced = (label: string): string => label.replaceAll(/(?<=[\p{Ll}\d])(?=\p{Lu})/gu, " ");

/** The types that what stands in a column may tell, the strictest first. */
const told = ["boolean", "integer", "decimal", "date", "timestamp", "email", "url", "phone"] as const;
const words: Record<(typeof told)[number], string> = {
  ...{
    boolean: "yes or no",
    integer: "whole numbers",
    decimal: "numbers",
    date: "dates",
    timestamp: "times",
  },
  ...{ email: "e-mail addresses", url: "web addresses", phone: "phone numbers" },
};

const columnFrom = (heading: string, cells: readonly string[]): Found => {
  const label = labelOf(spaced(heading)).slice(0, 60);
  const name = columnNameOf(spaced(heading)) ?? "";
  const filled = cells.filter((cell) => cell !== "");
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
  const type = told.find((one) => fits(one, heading, filled));
  if (type !== undefined)
    return {
      name,
      column: { ...plain, type, unique: isUnique && type === "email" },
      evidence: `holds ${words[type]}, such as ${example}`,
    };
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
    evidence: `holds ${isLong ? "long text" : "text"}, such as ${example}`,
  };
};

const mostChoices = 8;
const isWord = (text: string): boolean => text.length <= 30 && !text.includes("\n");
const isNumbering = /(?:^|_)(?:sku|number|no|nr|code|isbn|ean)$/;

/** A column of ones and zeros, or of digits that begin with a zero, is no number that anybody counts with. */
const fits = (type: ColumnType, heading: string, cells: readonly string[]): boolean => {
  if (type === "boolean" && cells.every((cell) => /^[\dx]$/i.test(cell))) return false;
  if ((type === "integer" || type === "decimal") && cells.some((cell) => /^0\d/.test(cell))) return false;
  if (type === "phone" && !/phone|mobil|tel|fax|handy/i.test(heading)) return false;
  const column: Column = { type, label: heading, required: false, unique: false };
  try {
    const [read] = readersOf([{ heading, column, cells }]);
    return cells.every((cell) => "value" in readValue(column, read?.(cell) ?? cell));
  } catch (error) {
    // The column does not tell how it is meant; as text nothing of it is lost.
    if (error instanceof Refusal) return false;
    throw error;
  }
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
