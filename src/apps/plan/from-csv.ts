import { checkSchema } from "#apps/runtime/check-schema.ts";
import { type Cells, cellsOf } from "#apps/runtime/csv-cells.ts";
import { zoneOf } from "#apps/runtime/csv-dates.ts";
import { csvLine } from "#apps/runtime/csv-line.ts";
import { nothing } from "#apps/runtime/csv-writing.ts";
import { Refusal } from "#apps/runtime/refusal.ts";
import type { AppSchema, Column } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import { finishTable, namesBest } from "./finish-table.ts";
import { columnNameOf, labelOf, slugOf, tableNameOf } from "./names.ts";
import type { AppPlan } from "./plan.ts";
import { typeFromCells } from "./type-from-cells.ts";

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
  const { kind, said, unclear } = typeFromCells(heading, filled);
  if (kind !== undefined) {
    const inUtc = kind.type === "timestamp" && filled.every((cell) => zoneOf(cell) !== "");
    return {
      name,
      column: {
        ...plain,
        ...kind,
        label: inUtc ? `${label.slice(0, 54)} (UTC)` : label,
        unique: isUnique && kind.type === "email",
      },
      evidence: `holds ${said}, such as ${example}${inUtc ? ", and keeps them as the time in UTC" : ""}`,
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

const mostChoices = 8;
const isWord = (text: string): boolean => text.length <= 30 && !text.includes("\n");
const isNumbering = /(?:^|_)(?:sku|number|no|nr|code|isbn|ean)$/;

/** The column that names a row: one that is called so, else the first of text that is another in nearly every row. */
const nameOf = (found: readonly Found[]): string | undefined => {
  const texts = found.filter(({ column }) => column.type === "text" && column.options === undefined);
  return (
    texts.find(({ name }) => namesBest.includes(name)) ??
    texts.find(({ name }) => /(?:^|_)(?:name|title)$/.test(name)) ??
    texts[0]
  )?.name;
};
