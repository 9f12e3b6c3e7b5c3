import { z } from "zod";
import { folded } from "./database.ts";
import { withoutApostrophe } from "./formula.ts";
import { own } from "./own.ts";
import { Refusal } from "./refusal.ts";
import { entered, type Table } from "./schema.ts";

/** What stands in a file: its headings, how many rows are below them, and of each column all cells, or as many as tell how they are written. */
export interface FileCells {
  heading: readonly string[];
  rows: number;
  cells(at: number): readonly string[];
}

/** Where a cell goes: a column, the id of the row, or (for `Customer id`) a column for which it takes precedence. */
export type Target = { column: string; exact: boolean } | undefined;

/** A target as one word, as forms have it: "customer_id", "customer_id:id" where it is an id, "" for nowhere. */
export const targetWord = (target: Target): string =>
  target === undefined ? "" : target.exact && target.column !== "id" ? `${target.column}:id` : target.column;

/** All words for targets of a table, with what people call them. */
export const targetWords = (table: Table): [string, string][] => [
  ...entered(table).flatMap(([id, { label, to }]): [string, string][] => [
    [id, label],
    ...(to === undefined ? [] : [[`${id}:id`, `${label} (its id)`] as [string, string]]),
  ]),
  ["id", "Id of the row"],
];

/**
 * Where the cells below each heading go: as `said` by their places, else by what they are called; ids of another program go nowhere, and of two
 * headings for one column the second one.
 */
export const targetsOf = (
  table: Table,
  { heading, cells }: Pick<FileCells, "heading" | "cells">,
  said?: readonly string[],
): Target[] => {
  const known = new Map(targetWords(table));
  const targets = heading.map((one, at): Target => {
    const word = said?.[at];
    if (word === undefined) return targetOf(table, one);
    const [column = ""] = word.split(":");
    return known.has(word) ? { column, exact: word === "id" || word.endsWith(":id") } : undefined;
  });
  return targets.map((target, at) => {
    const isForeign = target?.column === "id" && !cells(at).some(isId);
    return isForeign ? undefined : target;
  });
};

/** Those that come first; the places of others for the same column go nowhere. */
export const eachOnce = (targets: readonly Target[]): Target[] =>
  targets.map((target, at) =>
    targets.findIndex((one) => targetWord(one) === targetWord(target)) < at ? undefined : target,
  );

const targetOf = (table: Table, heading: string): Target => {
  const plain = spelled(withoutApostrophe(heading));
  if (plain === "id") return { column: "id", exact: true };
  for (const [column, { label, to }] of entered(table)) {
    if (to !== undefined && plain === `${spelled(label)}id`) return { column, exact: true };
    if (plain === spelled(column) || plain === spelled(label)) return { column, exact: false };
  }
  return undefined;
};

/** “unitPrice”, “unit_price” and “Unit Price:” are the same heading, and so are “E-Mail” and “email”. */
export const spelled = (text: string): string => {
  const words = folded(text).trim();
  return words.replaceAll(/[^\p{L}\p{N}]+/gu, "") || words;
};

/** Throws Refusal("bad-input") where nothing of a file can go into a table, or two columns of it into one. */
export const refuseUnfit = (
  table: Table,
  { heading, rows }: Pick<FileCells, "heading" | "rows">,
  targets: readonly Target[],
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
  if (rows === 0) throw new Refusal("bad-input", "There are no rows below the headings.");
};

/** The headings that mean nothing here, as far as anything stands below them. */
export const ignoredIn = (
  { heading, cells }: Pick<FileCells, "heading" | "cells">,
  targets: readonly Target[],
): string[] =>
  heading.flatMap((one, at) => {
    if (targets[at] !== undefined) return [];
    if (one.trim() !== "") return [one];
    return cells(at).some((cell) => cell.trim() !== "") ? [`column ${at + 1}`] : [];
  });

/** How the rows of a file find those that are there. Throws Refusal("bad-input"). */
export const keyIn = (table: Table, key: string | undefined, targets: readonly Target[]): string | null => {
  if (key === undefined || key === "") return null;
  if (key !== "id" && own(table.columns, key) === undefined)
    throw new Refusal("bad-input", `“${table.title}” has no column “${key}”.`, "key");
  if (targets.some((one) => one?.column === key)) return key;
  throw new Refusal(
    "bad-input",
    `This file has no column for “${table.columns[key]?.label ?? "Id"}”, by which rows that are there would be found.`,
    "key",
  );
};

export const isId = (text: string): boolean => z.uuid().safeParse(text.trim()).success;
