import { z } from "zod";
import type { Clock } from "./clock.ts";
import { prepared, quote } from "./database.ts";
import { Refusal } from "./refusal.ts";
import { completeNew, type RowInput, readRow } from "./row-input.ts";
import { type AppData, needRow, type Row, tableOf } from "./rows.ts";
import { initialText, type Value } from "./value.ts";

/** What became of a change: the row, what was wrong with the values, or the row as somebody else changed it meanwhile. */
export type Outcome = { row: Row } | { problems: Record<string, string> } | { changed: Row };

type Sent = Readonly<Record<string, unknown>>;

/** Adds a row. Columns that are not sent begin with their initial value. */
export const addRow = (data: AppData & { clock: Clock }, name: string, sent: Sent): Outcome =>
  data.db
    .transaction((): Outcome => {
      const { values, problems } = readNew(data, name, sent);
      if (Object.keys(problems).length > 0) return { problems };
      return { row: needRow(data, name, insert(data, name, values)) };
    })
    .immediate();

/** Reads a new row without adding it. */
export const readNew = (data: AppData & { clock: Clock }, name: string, sent: Sent): RowInput => {
  const { columns } = tableOf(data.schema, name);
  return completeNew(data, name, readRow(data, name, sent, null), (id) =>
    columns[id] === undefined ? "" : initialText(columns[id], data.clock),
  );
};

/**
 * Changes the columns that are sent. With `updatedAt`, only when the row is still the one that was read then; otherwise it stays, and
 * the row as it is now is given back. Throws Refusal("not-found").
 */
export const changeRow = (
  data: AppData & { clock: Clock },
  name: string,
  { id, updatedAt }: { id: string; updatedAt: string | null },
  sent: Sent,
): Outcome =>
  data.db
    .transaction((): Outcome => {
      const row = needRow(data, name, id);
      if (updatedAt !== null && updatedAt !== row.updated_at) return { changed: row };
      const { values, problems } = readRow(data, name, sent, id);
      if (Object.keys(problems).length > 0) return { problems };
      const columns = Object.keys(values);
      data.db
        .prepare(
          `UPDATE ${quote(name)} SET ${[...columns, "updated_at"].map((one) => `${quote(one)} = ?`).join(", ")} WHERE "id" = ?`,
        )
        .run(...Object.values(values), after(row.updated_at, data.clock.now()), id);
      return { row: needRow(data, name, id) };
    })
    .immediate();

/** Deletes a row. Throws Refusal("not-found"), or Refusal("conflict") that says which rows refer to it. */
export const deleteRow = (data: AppData, name: string, id: string): Row =>
  data.db
    .transaction(() => {
      const row = needRow(data, name, id);
      const standing = referrers(data, name, id);
      if (standing.length > 0)
        throw new Refusal(
          "conflict",
          `“${row.name}” cannot be deleted: ${standing.map(({ words }) => words).join(" and ")} ${standing.reduce((sum, { count }) => sum + count, 0) === 1 ? "refers" : "refer"} to it. Delete or change them first.`,
        );
      data.db.prepare(`DELETE FROM ${quote(name)} WHERE "id" = ?`).run(id);
      return row;
    })
    .immediate();

/** Which rows refer to a row, counted by table: "2 sales". A row that refers to itself does not count. */
const referrers = ({ db, schema }: AppData, name: string, id: string): { count: number; words: string }[] =>
  Object.entries(schema.tables).flatMap(([from, { title, singular, columns }]) => {
    const pointing = Object.keys(columns).filter((column) => columns[column]?.to === name);
    if (pointing.length === 0) return [];
    const count = z.number().parse(
      db
        .prepare(
          `SELECT count(*) FROM ${quote(from)} WHERE (${pointing.map((column) => `${quote(column)} = ?`).join(" OR ")}) AND NOT (? AND "id" = ?)`,
        )
        .pluck()
        .get(...pointing.map(() => id), from === name ? 1 : 0, id),
    );
    return count === 0
      ? []
      : [{ count, words: `${count} ${(count === 1 ? singular : title).toLowerCase()}` }];
  });

/** Inserts values that were checked, and gives back the row's id. Every column must be among them; `id` must be free. */
export const insert = (
  data: AppData & { clock: Clock },
  name: string,
  values: Readonly<Record<string, Value>>,
  id = data.clock.newId(),
): string => {
  const at = new Date(data.clock.now()).toISOString();
  const columns = ["id", ...Object.keys(values), "created_at", "updated_at"];
  prepared(
    data.db,
    `INSERT INTO ${quote(name)} (${columns.map(quote).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
  ).run(id, ...Object.values(values), at, at);
  return id;
};

// Two changes within a millisecond, or a clock that was set back, must not look like one.
const after = (before: string, now: number): string =>
  new Date(Math.max(now, Date.parse(before) + 1)).toISOString();
