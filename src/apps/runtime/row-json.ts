import { columnNamed } from "./computed.ts";
import { everything } from "./list-query.ts";
import { own } from "./own.ts";
import { Refusal } from "./refusal.ts";
import { type AppData, findRow, listRows, type Row, tableOf } from "./rows.ts";
import type { Table } from "./schema.ts";

/**
 * What `include=customer,sales` asks for beside each row of a table: the row that a reference points to (its `_id` need not be said), and the newest
 * rows of another table that point to it. Throws Refusal("bad-input").
 */
export const includesOf = (
  data: AppData,
  name: string,
  asked: string,
): ((row: Row) => { included?: Record<string, unknown> }) => {
  const table = tableOf(data.schema, name);
  const all = asked.split(",").filter((one) => one !== "");
  const found = all.map((key): [string, (row: Row) => unknown] => {
    const id = columnNamed(table, key);
    const to = own(table.columns, id)?.to;
    if (to !== undefined)
      return [
        key,
        (row) => {
          const at = row.values[id];
          const there = typeof at === "string" ? findRow(data, to, at) : null;
          return there === null ? null : asJson(tableOf(data.schema, to), there);
        },
      ];
    const other = own(data.schema.tables, key);
    const pointing = Object.keys(other?.columns ?? {}).filter((one) => other?.columns[one]?.to === name);
    if (other === undefined || pointing.length === 0)
      throw new Refusal("bad-input", `“${table.title}” has nothing called “${key}” to include.`, "include");
    const pointingTo = (value: string) =>
      everything({ any: pointing.map((column) => ({ column, comparison: "eq" as const, value })) });
    return [key, (row) => listRows(data, key, pointingTo(row.id)).map((one) => asJson(other, one))];
  });
  return (row) =>
    found.length === 0 ? {} : { included: Object.fromEntries(found.map(([key, read]) => [key, read(row)])) };
};

/** A row as programs get it. */
export const asJson = (table: Table, { id, created_at, updated_at, values }: Row) => ({
  id,
  ...Object.fromEntries(
    Object.entries(values).map(([column, value]) => [
      column,
      table.columns[column]?.type === "boolean" && value !== null ? value === 1 : value,
    ]),
  ),
  created_at,
  updated_at,
});
