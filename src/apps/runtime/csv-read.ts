import { insert, readNew, rowsWith, update } from "./change-rows.ts";
import type { Clock } from "./clock.ts";
import { cellsOf } from "./csv-cells.ts";
import type { Reader } from "./csv-column.ts";
import { csvLine } from "./csv-line.ts";
import { eachOnce, isId, keyIn, refuseUnfit, type Target, targetsOf, targetWord } from "./csv-targets.ts";
import { readersOf } from "./csv-writing.ts";
import { withoutApostrophe } from "./formula.ts";
import { withIds } from "./picker.ts";
import { exists, readRow } from "./row-input.ts";
import { type AppData, type FindNamed, namedRows, needRow, type Row, tableOf } from "./rows.ts";
import { RulesBroken } from "./rules.ts";
import type { Table } from "./schema.ts";

/** What became, or would become, of a CSV file. Unless wrong rows are left out, rows are added only when there is no problem at all. */
export interface CsvResult {
  /** All headings in their order, and where what is below them goes (`targetWord`). */
  columns: { heading: string; target: string }[];
  /** Headings that are columns of the table. */
  used: string[];
  /** Headings that mean nothing here. */
  ignored: string[];
  /** Lines that stand above the headings, and are left out. */
  above: string[];
  rows: number;
  /** How many of them change a row that was there. */
  changed: number;
  /** The first rows, as they are or would be. */
  sample: Row[];
  /** The row as spreadsheets count (the heading is row 1), and whole sentences. At most a hundred. */
  problems: { line: number; sentences: string[] }[];
  /** How many rows have problems. */
  wrong: number;
  /** These rows as CSV, as they stood in the file, with what is wrong in a last column; empty when there are none. */
  wrongRows: string;
}

/** How a file is read into a table. */
export interface ImportManner {
  /** Otherwise it is only looked what would happen. */
  keep: boolean;
  /** Rows that are wrong are left out, the others added. */
  leaveOut?: boolean;
  /** Where each column of the file goes, by its place (`targetWord`). Left out: by the headings. */
  map?: readonly string[];
  /** A column, or `id`: rows that are there with the same value in it are changed. */
  key?: string;
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
  { keep, leaveOut = false, map, key }: ImportManner,
): CsvResult => {
  const table = tableOf(data.schema, name);
  const { above, heading, lines } = cellsOf(text);
  const all = targetsOf(table, heading, lines, map);
  // Whoever only looks may still say where each column goes.
  if (keep) refuseUnfit(table, heading, all, lines);
  const targets = eachOnce(all);
  const result: CsvResult = {
    columns: heading.map((one, at) => ({ heading: one, target: targetWord(targets[at]) })),
    used: heading.filter((_, at) => targets[at] !== undefined),
    ignored: heading.flatMap((one, at) => {
      if (targets[at] !== undefined) return [];
      if (one.trim() !== "") return [one];
      return lines.some((cells) => (cells[at] ?? "").trim() !== "") ? [`column ${at + 1}`] : [];
    }),
    above,
    rows: lines.length,
    changed: 0,
    sample: [],
    problems: [],
    wrong: 0,
    wrongRows: "",
  };
  if (lines.length > 0 && !targets.some((one) => one !== undefined && one.column !== "id")) {
    const none = "No heading is the name of a column. Say below where each column of the file goes.";
    return { ...result, wrong: lines.length, problems: [{ line: above.length + 1, sentences: [none] }] };
  }
  refuseUnfit(table, heading, targets, lines);
  const by = keyIn(table, key, targets);
  const left: string[][] = [];
  const find = rememberNames(data, name);
  const readers = readersFor(table, heading, targets, lines);
  const asRead = (cell: string, at: number) => readers[at]?.(cell) ?? cell;
  // Trying it is the only check that also sees rows of the file that contradict each other.
  data.db.exec("BEGIN IMMEDIATE");
  try {
    for (const [at, cells] of lines.entries()) {
      const added = addLine(data, name, targets, cells.map(asRead), { find, by });
      if ("wrong" in added) {
        result.wrong += 1;
        left.push([...heading.map((_, place) => cells[place] ?? ""), added.wrong.join(" ")]);
        if (result.problems.length < mostProblems)
          result.problems.push({ line: above.length + at + 2, sentences: added.wrong });
      } else {
        if (added.changed) result.changed += 1;
        if (result.sample.length < sampleSize) result.sample.push(needRow(data, name, added.id));
      }
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

/** What one row of a file made of the table, or what is wrong with it. */
const addLine = (
  data: AppData & { clock: Clock },
  name: string,
  targets: readonly Target[],
  cells: readonly string[],
  { find, by }: { find: FindNamed; by: string | null },
): { id: string; changed: boolean } | { wrong: string[] } => {
  if (cells.slice(targets.length).some((cell) => cell.trim() !== ""))
    return { wrong: [`The row has ${cells.length} cells, but there are ${targets.length} headings.`] };
  const sent: Record<string, string> = {};
  for (const exact of [false, true])
    for (const [at, target] of targets.entries()) {
      const text = cells[at] ?? "";
      // Of a row that is there an empty cell empties the column.
      if (target?.exact === exact && (text.trim() !== "" || (by !== null && !exact)))
        sent[target.column] = withoutApostrophe(text);
    }
  const { id, ...columns } = sent;
  const read = withIds(data, name, columns, find);
  const [there = null, ...more] = by === null ? [] : rowsWith(data, name, by, { ...read.sent, id });
  const isNew = there === null;
  // What is empty in a new row begins as the column says.
  const given = isNew
    ? Object.fromEntries(Object.entries(read.sent).filter(([, text]) => text !== ""))
    : read.sent;
  const { values, problems } = isNew ? readNew(data, name, given) : readRow(data, name, given, there);
  const sentences = Object.values({ ...problems, ...read.problems });
  if (more.length > 0) sentences.push("Several rows are there that this may mean.");
  if (id !== undefined && !isId(id)) sentences.push(`“${id}” is no id.`);
  else if (isNew && id !== undefined && exists(data.db, name, id))
    sentences.push(`The row “${id}” is there already.`);
  if (sentences.length > 0) return { wrong: sentences };
  try {
    return isNew
      ? { id: insert(data, name, values, id), changed: false }
      : { id: update(data, name, needRow(data, name, there), values), changed: true };
  } catch (error) {
    if (error instanceof RulesBroken) return { wrong: [...error.sentences] };
    throw error;
  }
};
