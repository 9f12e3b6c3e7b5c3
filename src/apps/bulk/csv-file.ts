import { createReadStream } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { parse } from "csv-parse";
import {
  headOf,
  type Layout,
  layoutOf,
  parsing,
  quotingAfter,
  refuseWide,
  saidBy,
} from "#apps/runtime/csv-cells.ts";
import type { FileCells } from "#apps/runtime/csv-targets.ts";
import { decoderFor } from "#apps/runtime/csv-text.ts";
import { shapeOf } from "./shape.ts";

/** A CSV file on the disk, of any size; `encoding` null: as it says itself, else UTF-8. */
export interface CsvFile {
  path: string;
  encoding: string | null;
}

/** Rows, in a file or at hand. */
export type CsvSource = CsvFile | { text: string };

/** `skipped`: how many characters stand before the first row, only to say what parts the cells. */
export interface FileLayout extends Layout {
  skipped: number;
}

/** What was found in a file by reading it once from its beginning to its end. */
export interface FileLooked extends Omit<FileCells, "cells"> {
  layout: FileLayout;
  above: string[];
  /** The first rows as they stand. */
  first: string[][];
  /** By column: one cell of each way in which its cells are written. */
  kinds: string[][];
}

/** Of a file that is no longer than this, the beginning is all of it. */
const headChars = 1024 * 1024;
const mostKinds = 2_000;
const mostFirst = 10;
/** What is longer is text, of which nothing has to be told. */
const longestKind = 60;

/** Reads all of it, of which little stays in memory. `tell` is told how many bytes were read. Throws Refusal("bad-input"). */
export const lookThrough = async (file: CsvSource, tell: (bytes: number) => void): Promise<FileLooked> => {
  let head = "";
  for await (const text of textOf(file, 0)) {
    head += text;
    if (head.length >= headChars) break;
  }
  const { line, said } = saidBy(head);
  const layout = { ...layoutOf(head.slice(line.length), said), skipped: line.length };
  for (;;)
    try {
      return await lookedThrough(file, layout, tell);
    } catch (error) {
      layout.quoting = quotingAfter(layout.quoting, error);
    }
};

const lookedThrough = async (
  file: CsvSource,
  layout: FileLayout,
  tell: (bytes: number) => void,
): Promise<FileLooked> => {
  const before: string[][] = [];
  const first: string[][] = [];
  const kinds: Map<string, string>[] = [];
  let rows = 0;
  for await (const cells of rowsOf(file, layout, tell)) {
    refuseWide(cells);
    if (before.length <= layout.at) {
      before.push(cells);
      continue;
    }
    rows += 1;
    if (first.length < mostFirst) first.push(cells);
    for (const [at, cell] of cells.entries()) {
      const known = kinds[at] ?? new Map<string, string>();
      kinds[at] = known;
      if (known.size >= mostKinds) continue;
      const shape = shapeOf(cell);
      if (!known.has(shape)) known.set(shape, cell.slice(0, longestKind));
    }
  }
  return {
    layout: { ...layout },
    ...headOf(before, layout.at),
    rows,
    first,
    kinds: Array.from(kinds, (known) => [...(known ?? new Map()).values()]),
  };
};

/** The rows below the headings, each with its number as spreadsheets count: the headings of a file that begins with them are row 1. */
export async function* linesOf(
  file: CsvSource,
  layout: FileLayout,
): AsyncGenerator<{ line: number; cells: string[] }> {
  let line = 0;
  for await (const cells of rowsOf(file, layout, () => undefined)) {
    line += 1;
    if (line > layout.at + 1) yield { line, cells };
  }
}

async function* rowsOf(
  file: CsvSource,
  { delimiter, quoting, skipped }: FileLayout,
  tell: (bytes: number) => void,
): AsyncGenerator<string[]> {
  const parser = parse(parsing(delimiter, quoting));
  // What fails in the source ends the parser, whose reader is told.
  pipeline(Readable.from(textOf(file, skipped, tell)), parser, () => undefined);
  for await (const cells of parser) yield cells as string[];
}

async function* textOf(
  source: CsvSource,
  skipped: number,
  tell?: (bytes: number) => void,
): AsyncGenerator<string> {
  if ("text" in source) return void (yield source.text.slice(skipped));
  const { path, encoding } = source;
  let decode: ReturnType<typeof decoderFor> | null = null;
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    const isFirst = decode === null;
    decode ??= decoderFor(piece, encoding);
    const text = decode(piece);
    yield isFirst ? text.slice(skipped) : text;
    bytes += piece.length;
    tell?.(bytes);
  }
  yield decode?.() ?? "";
}
