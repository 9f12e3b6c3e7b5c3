import { nothing } from "#apps/runtime/csv-writing.ts";
import { columnNameOf } from "./names.ts";

/** What a file of rows tells of the table that is made of it. */
export interface Sheet {
  title: string;
  rows: number;
  /** Lines that stand above the headings. */
  above: readonly string[];
  /** By the places in the file. */
  columns: readonly SheetColumn[];
}

/** A column of a file: the which-th it is, what is written above it, the name by which an app knows it, and what stands in it. */
export interface SheetColumn {
  at: number;
  heading: string;
  name: string;
  /** How many cells say something. */
  filled: number;
  /** Cells that tell how the column is written, whatever stands in its file. */
  cells: readonly string[];
  /** All that stands in it, where that is little; else null. */
  values: readonly string[] | null;
  /** Each row says something else. */
  isUnique: boolean;
  isLong: boolean;
  /** Where each of its cells is the key of a row of another file. */
  refersTo: { sheet: number; column: string } | null;
  /** Where that holds of most of them only: a sentence. */
  doubt: string | null;
}

/** A cell as it counts: null where it says nothing. */
export const saidIn = (cell: string | undefined): string | null => {
  const plain = (cell ?? "").trim();
  return plain === "" || nothing.test(plain) ? null : plain;
};

/** Headings that are empty or there twice get a number, so that each is a column; where nothing stands above nor below, there is none. */
export const placesOf = (
  heading: readonly string[],
  isFilled: (at: number) => boolean,
): Pick<SheetColumn, "at" | "heading" | "name">[] => {
  const taken = new Set<string>();
  return heading.flatMap((given, at) => {
    const plain = given.trim().replaceAll(/\s+/g, " ").slice(0, 50);
    if (plain === "" && !isFilled(at)) return [];
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
export const spaced = (label: string): string => label.replaceAll(/(?<=[\p{Ll}\d])(?=\p{Lu})/gu, " ");

/** Which column of the table each place of the file goes into, "" for none. */
export const mapOf = ({ columns }: Pick<Sheet, "columns">): string[] => {
  const map: string[] = [];
  for (const { at, name } of columns) map[at] = name;
  return Array.from(map, (name) => name ?? "");
};
