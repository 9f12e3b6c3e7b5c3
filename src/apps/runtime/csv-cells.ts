import type { CsvError } from "csv-parse";
import { type Options, parse } from "csv-parse/sync";
import { z } from "zod";
import { Refusal } from "./refusal.ts";

/** Above it a file is refused before its rows are looked at. */
export const mostRows = 250_000;

/** More than any table has columns, by far. */
const mostCells = 5_000;

/** Throws Refusal("bad-input") for a row that is wider than any table. */
export const refuseWide = ({ length }: readonly string[]): void => {
  if (length > mostCells)
    throw new Refusal(
      "bad-input",
      `A row of this file has ${length.toLocaleString("en")} cells; ${mostCells.toLocaleString("en")} are taken at most.`,
    );
};

/** What stands in a file: whatever comes before the headings, line by line, the headings, and the rows below them. */
export interface Cells {
  above: string[];
  heading: string[];
  lines: string[][];
}

/**
 * All cells of a CSV file, of rows copied from a spreadsheet, or of a table in Markdown. Banks put lines above the headings; those are told
 * by being narrower than the rows. Throws Refusal("bad-input").
 */
export const cellsOf = (text: string): Cells => {
  const { plain, said } = withoutMarks(text);
  const { delimiter, at, quoting } = layoutOf(plain, said);
  const rows = parsed(plain, delimiter, mostRows + mostLooked, quoting).rows;
  return { ...headOf(rows, at), lines: rows.slice(at + 1) };
};

/** How the rows of a file are written: what parts their cells, and at which of them the headings are. */
export interface Layout {
  delimiter: string;
  at: number;
  /** The first way of quoting that its beginning can be read in. */
  quoting: number;
}

/** Tells the layout by the beginning of a file. Throws Refusal("bad-input"). */
export const layoutOf = (head: string, said = delimiterOf(head)): Layout => {
  const { rows, quoting } = parsed(head, said, mostLooked, 0);
  const at = headingAt(rows);
  // What parts nothing in the only heading stands inside of its cells: 1,5.
  const isOneColumn =
    at === 0 &&
    rows[0]?.length === 1 &&
    parsed(head, said, mostToTell, quoting).rows.some((cells) => cells.length > 1);
  return { delimiter: isOneColumn ? nowhere : said, at, quoting };
};

/** The headings, and what stands above them. */
export const headOf = (rows: readonly (readonly string[])[], at: number): Omit<Cells, "lines"> => ({
  above: rows.slice(0, at).map((cells) => cells.filter((cell) => cell.trim() !== "").join(" ")),
  heading: (rows[at] ?? []).map((cell) => cell.replaceAll(invisible, "")),
});

const invisible = /[\u200b-\u200f\u2060\ufeff]/gu;

/** What Excel writes into the first line to say what parts the cells. */
export const saidBy = (text: string): { line: string; said: string | undefined } => {
  const [line = "", said] = /^\ufeff?sep=(.)\r?\n/i.exec(text) ?? [];
  return { line, said };
};

/** Excel's first line “sep=;” says what parts the cells; a table in Markdown has bars around and a line of dashes. */
const withoutMarks = (text: string): { plain: string; said: string | undefined } => {
  const { line, said } = saidBy(text);
  if (said !== undefined) return { plain: text.slice(line.length), said };
  const lines = text.trim().split(/\r?\n/);
  // Blanks, which could be read in many ways, say nothing.
  const isMarkdown = /^\|?:?-+:?(?:\|:?-+:?)*\|?$/.test(lines[1]?.replace(/\s/g, "") ?? "");
  if (!isMarkdown || !lines[0]?.includes("|")) return { plain: text, said: undefined };
  const bare = lines.filter((_, at) => at !== 1).map((one) => one.trim().replace(/^\||\|$/g, ""));
  return { plain: bare.map((one) => `${one}\n`).join(""), said: "|" };
};

/** Rows as they are pasted, so that they can be read as a file: of a table in Markdown the rows alone, with a first line that says what parts the cells. */
export const asFile = (text: string): string => {
  const { plain, said } = withoutMarks(text);
  return said === undefined || saidBy(text).said !== undefined ? text : `sep=${said}\n${plain}`;
};

const nowhere = "\x1f";
const signs = [";", "\t", ",", "|"] as const;
const mostLooked = 50;
const mostToTell = 1_000;

/** What parts the cells: of those that the first line has, the one that it has most often; where it has none, the one that most lines agree in. */
const delimiterOf = (text: string): string => {
  const lines = text
    .slice(0, 100_000)
    .replaceAll(/"[^"]*"/g, "")
    .split(/[\r\n]+/)
    .filter((line) => line !== "")
    .slice(0, mostLooked);
  const counts = signs.map((sign) => {
    const ofLines = lines.map((line) => line.split(sign).length);
    const usual = usualOf(ofLines.filter((count) => count > 1));
    return { sign, first: ofLines[0] ?? 1, agree: ofLines.filter((count) => count === usual).length };
  });
  const best = counts.sort((one, other) => other.first - one.first || other.agree - one.agree)[0];
  return best?.sign ?? ",";
};

/** What is there most often; the largest of those that are there as often. */
const usualOf = (numbers: readonly number[]): number => {
  const times = new Map<number, number>();
  for (const number of numbers) times.set(number, (times.get(number) ?? 0) + 1);
  const [[usual] = [0]] = [...times].sort(([a, as], [b, bs]) => bs - as || b - a);
  return usual;
};

/** Quotes inside of cells are doubled, or written as MySQL does, or stand as they are. */
const quotes: readonly Options[] = [{}, { escape: "\\" }, { relax_quotes: true }];

/** How a parser reads such a file. */
export const parsing = (delimiter: string, quoting: number): Options => ({
  ...quotes[quoting],
  bom: true,
  delimiter,
  // Some banks end lines by CR CR LF, old Macintoshes by CR.
  record_delimiter: ["\r\r\n", "\r\n", "\n", "\r"],
  skip_empty_lines: true,
  relax_column_count: true,
});

/** What a parser says of a text. By its code: Milepost's bundle has several classes of this one name, and an error is of one of them only. */
export const isCsvError = (error: unknown): error is CsvError =>
  error instanceof Error && "code" in error && /^(CSV|INVALID)_/.test(String(error.code));

/** The way of quoting to try after one by which a file could not be read. Throws Refusal("bad-input") where there is no other. */
export const quotingAfter = (quoting: number, error: unknown): number => {
  if (!isCsvError(error)) throw error;
  if (quoting + 1 < quotes.length) return quoting + 1;
  throw new Refusal(
    "bad-input",
    error.code === "CSV_QUOTE_NOT_CLOSED"
      ? 'A quote (") is opened in this file and never closed, so where its cells end cannot be told.'
      : `This is no CSV that can be read: ${error.message}.`,
  );
};

const parsed = (
  text: string,
  delimiter: string,
  to: number,
  quoting: number,
): { rows: string[][]; quoting: number } => {
  try {
    const rows = z.array(z.array(z.string())).parse(parse(text, { ...parsing(delimiter, quoting), to }));
    for (const row of rows) refuseWide(row);
    return { rows, quoting };
  } catch (error) {
    return parsed(text, delimiter, to, quotingAfter(quoting, error));
  }
};

/** The first row is the headings, unless rows below are wider, the first of those holds names only, and those after it do not. */
const headingAt = (rows: readonly (readonly string[])[]): number => {
  const widths = rows.slice(0, mostLooked).map(widthOf);
  const usual = usualOf(widths);
  if ((widths[0] ?? 0) >= usual) return 0;
  const at = widths.indexOf(usual);
  const isNamed = (cells: readonly string[]) => cells.slice(0, usual).every(isName);
  return isNamed(rows[at] ?? []) && rows.slice(at + 1, mostLooked).some((cells) => !isNamed(cells)) ? at : 0;
};

const widthOf = (cells: readonly string[]): number => cells.findLastIndex((cell) => cell.trim() !== "") + 1;

/** Nothing that begins with a digit, an amount or a date. */
const isName = (cell: string): boolean =>
  /^\s*[\p{L}_(#]/u.test(cell) && !/^\s*(?:true|false|null)\s*$/i.test(cell);
