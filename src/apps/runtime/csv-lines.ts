import { insert, readNew, rowsWith, update } from "./change-rows.ts";
import type { Clock } from "./clock.ts";
import type { Reader } from "./csv-column.ts";
import { type FileCells, isId, type Target } from "./csv-targets.ts";
import { readersOf } from "./csv-writing.ts";
import { withoutApostrophe } from "./formula.ts";
import { withIds } from "./picker.ts";
import { exists, readRow } from "./row-input.ts";
import { type AppData, type FindNamed, namedRows, needRow, type Row, tableOf } from "./rows.ts";
import { RulesBroken } from "./rules.ts";
import type { Table } from "./schema.ts";

/** What the rows of a file are, and where they go. */
export interface FileLines extends Pick<FileCells, "heading" | "cells"> {
  /** By their places, each once. */
  targets: readonly Target[];
  /** By what rows that are there are found; null: each is a new one. */
  by: string | null;
}

/** The row that a line of a file made, or changed: then as it was before. Or what is wrong with it, in whole sentences. */
export type Put = { id: string; before: Row | null } | { wrong: string[] };

/** Puts one line after the other into a table, inside of the caller's transaction. Throws Refusal("bad-input") where the file does not tell how it is written. */
export const linesInto = (
  data: AppData & { clock: Clock },
  name: string,
  { heading, targets, by, cells }: FileLines,
): ((line: readonly string[]) => Put) => {
  const readers = readersFor(tableOf(data.schema, name), heading, targets, cells);
  const find = rememberNames(data, name);
  return (line) =>
    putLine(
      data,
      name,
      targets,
      line.map((cell, at) => readers[at]?.(cell) ?? cell),
      { find, by },
    );
};

/** How the cells of each column are to be read; undefined for those that are ids or are left out. */
const readersFor = (
  { columns }: Table,
  heading: readonly string[],
  targets: readonly Target[],
  cells: FileLines["cells"],
): (Reader | undefined)[] => {
  const known = targets.flatMap((target, at) => {
    const column = target === undefined || target.exact ? undefined : columns[target.column];
    return column === undefined ? [] : [{ at, column }];
  });
  const readers = readersOf(
    known.map(({ at, column }) => ({ heading: heading[at] ?? "", column, cells: cells(at) })),
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

const putLine = (
  data: AppData & { clock: Clock },
  name: string,
  targets: readonly Target[],
  cells: readonly string[],
  { find, by }: { find: FindNamed; by: string | null },
): Put => {
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
  const sentences = Object.entries({ ...problems, ...read.problems }).map(([column, sentence]) =>
    withCell(sentence, sent[column] ?? ""),
  );
  if (more.length > 0) sentences.push("Several rows are there that this may mean.");
  if (id !== undefined && !isId(id)) sentences.push(`“${id}” is no id.`);
  else if (isNew && id !== undefined && exists(data.db, name, id))
    sentences.push(`The row “${id}” is there already.`);
  if (sentences.length > 0) return { wrong: sentences };
  try {
    if (isNew) return { id: insert(data, name, values, id), before: null };
    const before = needRow(data, name, there);
    return { id: update(data, name, before, values), before };
  } catch (error) {
    if (error instanceof RulesBroken) return { wrong: [...error.sentences] };
    throw error;
  }
};

const longestQuoted = 60;

/** What was read differs from what stands in the file, and a file has many columns. */
const withCell = (sentence: string, cell: string): string => {
  const text = cell.trim();
  if (text === "" || text.length > longestQuoted || sentence.includes(text)) return sentence;
  return `${sentence} It says “${text}”.`;
};
