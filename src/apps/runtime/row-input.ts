import { prepared, quote } from "./database.ts";
import type { AppDatabase } from "./dialect.ts";
import { own } from "./own.ts";
import { Refusal } from "./refusal.ts";
import { type AppData, findRow, tableOf } from "./rows.ts";
import { entered, ownColumns } from "./schema.ts";
import { readValue, type Value } from "./value.ts";

/** What was sent for a row: the values that could be read, and by column what is wrong with the others, each a whole sentence. */
export interface RowInput {
  values: Record<string, Value>;
  problems: Record<string, string>;
}

/**
 * Reads the columns that were sent; those that were not stay as they are. Looks whether references exist and unique values are
 * free; `id` is the row that is being changed. Throws Refusal("bad-input") when something is sent that is no column.
 */
export const readRow = (
  data: AppData,
  name: string,
  sent: Readonly<Record<string, unknown>>,
  id: string | null,
): RowInput => {
  const table = tableOf(data.schema, name);
  const input: RowInput = { values: {}, problems: {} };
  for (const [key, raw] of Object.entries(sent)) {
    if (ownColumns.some((one) => one === key)) continue;
    const column = own(table.columns, key);
    if (column === undefined) throw new Refusal("bad-input", `“${table.title}” has no column “${key}”.`, key);
    if (column.computed !== undefined) {
      if (!isAsItIs(data, name, id, key, raw))
        input.problems[key] = `“${column.label}” is computed and cannot be entered.`;
      continue;
    }
    const read = readValue(column, raw);
    if ("problem" in read) input.problems[key] = `“${column.label}” ${read.problem}`;
    else {
      input.values[key] = read.value;
      if (read.value === null) continue;
      if (column.to !== undefined && !exists(data.db, column.to, read.value))
        input.problems[key] =
          `“${column.label}” points to a ${tableOf(data.schema, column.to).singular.toLowerCase()} that is not there.`;
      else if (column.unique && isTaken(data.db, name, key, read.value, id))
        input.problems[key] =
          `“${column.label}” must be different in every row, and “${read.value}” is taken.`;
    }
  }
  return input;
};

/** Adds what a new row must have and nobody sent: initial values, and a problem for each column that is needed. */
export const completeNew = (
  { schema }: AppData,
  name: string,
  { values, problems }: RowInput,
  initial: (column: string) => string,
): RowInput => {
  const all: RowInput = { values: { ...values }, problems: { ...problems } };
  for (const [id, column] of entered(tableOf(schema, name))) {
    if (Object.hasOwn(all.values, id) || Object.hasOwn(all.problems, id)) continue;
    const read = readValue(column, initial(id));
    if ("problem" in read) all.problems[id] = `“${column.label}” ${read.problem}`;
    else all.values[id] = read.value;
  }
  return all;
};

/** Who sends back a whole row as it was read changes nothing of what is computed. */
const isAsItIs = (data: AppData, name: string, id: string | null, column: string, raw: unknown): boolean => {
  const value = id === null ? undefined : findRow(data, name, id)?.values[column];
  return value === raw || (typeof raw === "boolean" && value === Number(raw));
};

/** Whether there is a row with this id. */
export const exists = (db: AppDatabase, table: string, id: Value): boolean =>
  prepared(db, `SELECT 1 FROM ${quote(table)} WHERE "id" = ?`).get(id) !== undefined;

const isTaken = (db: AppDatabase, table: string, column: string, value: Value, id: string | null): boolean =>
  prepared(db, `SELECT 1 FROM ${quote(table)} WHERE ${quote(column)} = ? AND "id" IS DISTINCT FROM ?`).get(
    value,
    id,
  ) !== undefined;
