import { z } from "zod";
import { insert, readNew } from "./change-rows.ts";
import type { Clock } from "./clock.ts";
import { cellsOf, mostRows } from "./csv-cells.ts";
import type { Reader } from "./csv-column.ts";
import { csvLine } from "./csv-line.ts";
import { readersOf } from "./csv-writing.ts";
import { folded } from "./database.ts";
import { withoutApostrophe } from "./formula.ts";
import { withIds } from "./picker.ts";
import { Refusal } from "./refusal.ts";
import { exists } from "./row-input.ts";
import { type AppData, type FindNamed, namedRows, needRow, type Row, tableOf } from "./rows.ts";
import { RulesBroken } from "./rules.ts";
import { entered, type Table } from "./schema.ts";

/** What became, or would become, of a CSV file. Unless wrong rows are left out, rows are added only when there is no problem at all. */
export interface CsvResult {
  /** Headings that are columns of the table. */
  used: string[];
  /** Headings that mean nothing here. */
  ignored: string[];
  /** Lines that stand above the headings, and are left out. */
  above: string[];
  rows: number;
  /** The first rows, as they are or would be. */
  sample: Row[];
  /** The row as spreadsheets count (the heading is row 1), and whole sentences. At most a hundred. */
  problems: { line: number; sentences: string[] }[];
  /** How many rows have problems. */
  wrong: number;
  /** These rows as CSV, as they stood in the file, with what is wrong in a last column; empty when there are none. */
  wrongRows: string;
}

const mostProblems = 100;
const sampleSize = 10;

/**
 * Adds the rows of a CSV file, all or none. Headings are labels or names of columns, in any order and case; references are ids or names;
 * a column `id` keeps the ids of rows that are not there, unless all are another program's. `keep: false` only looks what would happen; `leaveOut`: rows that are wrong are left
 * out, the others added. Throws Refusal("bad-input").
 */
export const importCsv = (
  data: AppData & { clock: Clock },
  name: string,
  text: string,
  { keep, leaveOut = false }: { keep: boolean; leaveOut?: boolean },
): CsvResult => {
  const table = tableOf(data.schema, name);
  const { above, heading, lines } = cellsOf(text);
  const targets = heading.map((one, at) => {
    const target = targetOf(table, one);
    // Ids of another program: none of ours has that shape.
    const isForeign = target?.column === "id" && !lines.some((cells) => isId(cells[at] ?? ""));
    return isForeign ? undefined : target;
  });
  const result: CsvResult = {
    used: heading.filter((_, at) => targets[at] !== undefined),
    ignored: heading.flatMap((one, at) => {
      if (targets[at] !== undefined) return [];
      if (one.trim() !== "") return [one];
      return lines.some((cells) => (cells[at] ?? "").trim() !== "") ? [`column ${at + 1}`] : [];
    }),
    above,
    rows: lines.length,
    sample: [],
    problems: [],
    wrong: 0,
    wrongRows: "",
  };
  const left: string[][] = [];
  refuseUnfit(table, heading, targets, lines);
  const find = rememberNames(data, name);
  const readers = readersFor(table, heading, targets, lines);
  const asRead = (cell: string, at: number) => readers[at]?.(cell) ?? cell;
  // Trying it is the only check that also sees rows of the file that contradict each other.
  data.db.exec("BEGIN IMMEDIATE");
  try {
    for (const [at, cells] of lines.entries()) {
      const added = addLine(data, name, targets, cells.map(asRead), find);
      if (Array.isArray(added)) {
        result.wrong += 1;
        left.push([...heading.map((_, place) => cells[place] ?? ""), added.join(" ")]);
        if (result.problems.length < mostProblems)
          result.problems.push({ line: above.length + at + 2, sentences: added });
      } else if (result.sample.length < sampleSize) result.sample.push(needRow(data, name, added));
    }
    data.db.exec(keep && (leaveOut || result.wrong === 0) ? "COMMIT" : "ROLLBACK");
  } catch (error) {
    if (data.db.inTransaction) data.db.exec("ROLLBACK");
    throw error;
  }
  if (left.length > 0) result.wrongRows = [[...heading, "What is wrong"], ...left].map(csvLine).join("");
  return result;
};

/** How the cells of each column are to be read; undefined for those that are ids or are left out. */
const readersFor = (
  { columns }: Table,
  heading: readonly string[],
  targets: readonly Target[],
  lines: readonly (readonly string[])[],
): (Reader | undefined)[] => {
  const known = targets.flatMap((target, at) => {
    const column = target === undefined || target.exact ? undefined : columns[target.column];
    return column === undefined ? [] : [{ at, column }];
  });
  const readers = readersOf(
    known.map(({ at, column }) => ({
      heading: heading[at] ?? "",
      column,
      cells: lines.map((cells) => cells[at] ?? ""),
    })),
    targets.some((target) => target?.column === "id"),
  );
  const byPlace = new Map(known.map(({ at }, index) => [at, readers[index]]));
  return heading.map((_, at) => byPlace.get(at));
};

/** Where a cell goes: a column, the id of the row, or (for `Customer id`) a column for which it takes precedence. */
type Target = { column: string; exact: boolean } | undefined;

const targetOf = (table: Table, heading: string): Target => {
  const plain = spelled(withoutApostrophe(heading));
  if (plain === "id") return { column: "id", exact: true };
  for (const [column, { label, to }] of entered(table)) {
    if (to !== undefined && plain === `${spelled(label)} id`) return { column, exact: true };
    if (plain === spelled(column) || plain === spelled(label)) return { column, exact: false };
  }
  return undefined;
};

/** “unitPrice”, “unit_price” and “Unit Price:” are the same heading. */
const spelled = (text: string): string => {
  const words = folded(text.replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")).trim();
  return words.replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim() || words;
};

const refuseUnfit = (
  table: Table,
  heading: readonly string[],
  targets: readonly Target[],
  lines: readonly (readonly string[])[],
): void => {
  if (!targets.some((one) => one !== undefined && one.column !== "id"))
    throw new Refusal(
      "bad-input",
      `The first line must name columns of “${table.title}”: ${entered(table)
        .map(([, { label }]) => label)
        .join(", ")}.`,
    );
  const twice = heading.find((_, at) =>
    targets.some(
      (one, other) =>
        other < at &&
        one !== undefined &&
        one.column === targets[at]?.column &&
        one.exact === targets[at]?.exact,
    ),
  );
  if (twice !== undefined) throw new Refusal("bad-input", `The column “${twice}” is there twice.`);
  if (lines.length > mostRows)
    throw new Refusal(
      "too-large",
      `This file has more than ${mostRows.toLocaleString("en")} rows. Split it and import the parts one after the other.`,
    );
  if (lines.length === 0) throw new Refusal("bad-input", "There are no rows below the headings.");
};

/** Rows of one file often refer to the same ones. Those of its own table may come with it. */
const rememberNames = (data: AppData, own: string): FindNamed => {
  const known = new Map<string, string[]>();
  return (table, words) => {
    if (table === own) return namedRows(data, table, words);
    const key = `${table} ${words}`;
    const ids = known.get(key) ?? namedRows(data, table, words);
    known.set(key, ids);
    return ids;
  };
};

const isId = (text: string): boolean => z.uuid().safeParse(text.trim()).success;

/** The id of the row that was added, or what is wrong with it. */
const addLine = (
  data: AppData & { clock: Clock },
  name: string,
  targets: readonly Target[],
  cells: readonly string[],
  find: FindNamed,
): string | string[] => {
  if (cells.slice(targets.length).some((cell) => cell.trim() !== ""))
    return [`The row has ${cells.length} cells, but there are ${targets.length} headings.`];
  const sent: Record<string, string> = {};
  for (const exact of [false, true])
    for (const [at, target] of targets.entries()) {
      const text = cells[at] ?? "";
      if (target?.exact === exact && text.trim() !== "") sent[target.column] = withoutApostrophe(text);
    }
  const { id, ...columns } = sent;
  const read = withIds(data, name, columns, find);
  const { values, problems } = readNew(data, name, read.sent);
  const sentences = Object.values({ ...problems, ...read.problems });
  if (id !== undefined && !isId(id)) sentences.push(`“${id}” is no id.`);
  else if (id !== undefined && exists(data.db, name, id)) sentences.push(`The row “${id}” is there already.`);
  if (sentences.length > 0) return sentences;
  try {
    return insert(data, name, values, id);
  } catch (error) {
    if (error instanceof RulesBroken) return [...error.sentences];
    throw error;
  }
};
