import { createHash } from "node:crypto";
import { AppError } from "#core/errors.ts";
import type { Plain, PlainRow, Table } from "./plain.ts";
import { tables } from "./tables.ts";

/** What is in a table: how many rows, and one hash over all of them in the order of their key. */
export interface Sum {
  table: string;
  rows: number;
  sha256: string;
}

/** Kept by the database itself as the rows come, so that they are compared and not written; without what has come to nothing. */
const derived: Readonly<Record<string, (row: PlainRow) => boolean>> = { run_counts: ({ n }) => n !== 0 };

/** The sums of all tables. */
export const sumsOf = async (plain: Plain): Promise<Sum[]> => {
  const sums: Sum[] = [];
  for (const table of tables) {
    const hash = createHash("sha256");
    let rows = 0;
    for await (const page of plain.pages(table))
      for (const row of page) {
        if (derived[table.name]?.(row) === false) continue;
        rows += 1;
        hash.update(lineFor(table, row));
      }
    sums.push({ table: table.name, rows, sha256: hash.digest("hex") });
  }
  return sums;
};

/** As it is in a database that takes no zero character. */
const lineFor = ({ columns }: Table, row: PlainRow): string =>
  `${JSON.stringify(columns.map(({ name }) => row[name]))}\n`.replaceAll("\\u0000", "␀");

/** Whether a database has nothing in it but what its migrations put there. */
export const isFresh = async (plain: Plain): Promise<boolean> => {
  for (const { name } of tables) {
    const [row] = await plain.rows(`SELECT count(*) AS n FROM "${name}"`);
    if (Number(row?.n) > (name === "people" ? 1 : 0)) return false;
  }
  return true;
};

/** The first table in which two databases differ. */
export const differenceOf = (one: readonly Sum[], other: readonly Sum[]): string | null =>
  one.find(({ table, rows, sha256 }, n) => {
    const same = other[n];
    return same?.table !== table || same.rows !== rows || same.sha256 !== sha256;
  })?.table ?? null;

/**
 * Copies every row of one database into another one, which is fresh, and reads it back; gives what was found the same in both. To be done in a
 * transaction of each. Throws AppError("conflict") when a table is not as it was.
 */
export const copyAll = async (from: Plain, to: Plain): Promise<Sum[]> => {
  // What migrations put there stands among the rows that come.
  for (const { name } of tables.toReversed()) await to.rows(`DELETE FROM "${name}"`);
  for (const table of tables) {
    if (table.name in derived) continue;
    for await (const page of from.pages(table)) await to.put(table, page);
  }
  await to.settle(tables);
  const [was, is] = [await sumsOf(from), await sumsOf(to)];
  const other = differenceOf(was, is);
  if (other === null) return is;
  throw new AppError(
    "conflict",
    `The table ${other} did not become in ${to.called} what it is in ${from.called}, so nothing was moved.`,
  );
};
