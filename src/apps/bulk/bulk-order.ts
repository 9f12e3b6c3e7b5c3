import type { AppPlace } from "#apps/place.ts";
import type { ImportWish } from "#apps/runtime/csv-read.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import type { CsvFile } from "./csv-file.ts";

/** A table of an app that rows go into, and the run that puts them there. */
export interface Into {
  at: AppPlace;
  schema: AppSchema;
  table: string;
  run: string;
  /** Who is told in the history of a row. */
  by: string;
}

/** How the columns of a file go into those of a table. */
export interface Mapping {
  /** By the places in the file (`targetWord`); null: as the headings say. */
  map: readonly string[] | null;
  /** The column, or `id`, by which rows that are there are found and changed; null: each is a new one. */
  key: string | null;
}

/** What the process of an import is told. Whatever was found of a file lies beside it. */
export type BulkOrder =
  | { does: "look"; file: CsvFile }
  | { does: "survey"; files: { title: string; file: CsvFile }[] }
  | { does: "try"; file: CsvFile; into: Into; mapping: Mapping }
  | { does: "add"; file: CsvFile; into: Into; mapping: Mapping; left: string }
  | { does: "take back"; into: Into }
  /** What an app takes at once. */
  | { does: "import"; into: Into; wish: ImportWish };

export interface FileSeen {
  heading: string[];
  rows: number;
  above: string[];
}

/** What would come of the first rows of a file. */
export interface Tried {
  columns: { heading: string; target: string }[];
  ignored: string[];
  /** How many rows were looked at; all of the file where it has no more. */
  looked: number;
  changed: number;
  wrong: number;
  /** The first that are wrong, each with its number. */
  problems: string[];
  /** The first rows as they stand in the file. */
  first: string[][];
}

export interface Added {
  added: number;
  changed: number;
  wrong: number;
  /** The file of the rows that were left out, the first of them, and what is wrong with those; null when there are none. */
  left: { sizeBytes: number; sha256: string; header: string[]; first: string[][]; problems: string[] } | null;
}

export interface TakenBack {
  removed: number;
  restored: number;
  /** Rows that stay, because somebody changed them since or others refer to them. */
  stayed: number;
}

/** What it tells on the way. */
export interface BulkProgress {
  done: number;
  total: number;
}
