import type { Column } from "./schema.ts";

/** A column of a file: what it is for, and all that stands in it. */
export interface FileColumn {
  heading: string;
  column: Column;
  cells: readonly string[];
}

/** Turns what stands in a cell of one column into what the column reads. */
export type Reader = (cell: string) => string;
