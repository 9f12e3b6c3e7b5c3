import type { Clock } from "./clock.ts";
import { cellsOf, mostRows } from "./csv-cells.ts";
import { csvLine } from "./csv-line.ts";
import { linesInto } from "./csv-lines.ts";
import { eachOnce, ignoredIn, keyIn, refuseUnfit, targetsOf } from "./csv-targets.ts";
import { keptIf } from "./database.ts";
import { Refusal } from "./refusal.ts";
import { type AppData, tableOf } from "./rows.ts";

/** What became of a CSV file. Unless wrong rows are left out, rows are added only when there is no problem at all. */
export interface CsvResult {
  /** Headings that are columns of the table. */
  used: string[];
  /** Headings that mean nothing here. */
  ignored: string[];
  /** Lines that stand above the headings, and are left out. */
  above: string[];
  rows: number;
  /** How many of them change a row that was there. */
  changed: number;
  /** The row as spreadsheets count (the heading is row 1), and whole sentences. At most a hundred. */
  problems: { line: number; sentences: string[] }[];
  /** How many rows have problems. */
  wrong: number;
  /** These rows as CSV, as they stood in the file, with what is wrong in a last column; empty when there are none. */
  wrongRows: string;
}

/** A CSV file for a table, and how it is read into it. */
export interface ImportWish {
  table: string;
  text: string;
  /** Rows that are wrong are left out, the others added. */
  leaveOut?: boolean;
  /** A column, or `id`: rows that are there with the same value in it are changed. */
  key?: string;
}

/** Reads a CSV file into a table. Rejects with Refusal. */
export type ImportRows = (wish: ImportWish) => Promise<CsvResult>;

const mostProblems = 100;

/**
 * Adds the rows of a CSV file, all or none. Headings are labels or names of columns, in any order and case; references are ids or names;
 * a column `id` keeps the ids of rows that are not there, unless all are another program's. `leaveOut`: rows that are wrong are left out, the others
 * added. Throws Refusal("bad-input", "too-large").
 */
export const importCsv = (
  data: AppData & { clock: Clock },
  { table: name, text, leaveOut = false, key }: ImportWish,
): CsvResult => {
  const table = tableOf(data.schema, name);
  const { above, heading, lines } = cellsOf(text);
  if (lines.length > mostRows)
    throw new Refusal(
      "too-large",
      `This file has more than ${mostRows.toLocaleString("en")} rows. Split it and import the parts one after the other.`,
    );
  const file = { heading, rows: lines.length, cells: (at: number) => lines.map((cells) => cells[at] ?? "") };
  const all = targetsOf(table, file);
  refuseUnfit(table, file, all);
  const targets = eachOnce(all);
  const result: CsvResult = {
    used: heading.filter((_, at) => targets[at] !== undefined),
    ignored: ignoredIn(file, targets),
    ...{ above, rows: lines.length, changed: 0, problems: [], wrong: 0, wrongRows: "" },
  };
  const put = linesInto(data, name, { ...file, targets, by: keyIn(table, key, targets) });
  const left: string[][] = [];
  keptIf(data.db, () => {
    for (const [at, cells] of lines.entries()) {
      const added = put(cells);
      if ("wrong" in added) {
        result.wrong += 1;
        left.push([...heading.map((_, place) => cells[place] ?? ""), added.wrong.join(" ")]);
        if (result.problems.length < mostProblems)
          result.problems.push({ line: above.length + at + 2, sentences: added.wrong });
      } else if (added.before !== null) result.changed += 1;
    }
    return { found: null, isKept: leaveOut || result.wrong === 0 };
  });
  if (left.length > 0) result.wrongRows = [[...heading, "What is wrong"], ...left].map(csvLine).join("");
  return result;
};
