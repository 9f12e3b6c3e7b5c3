import { z } from "zod";
import { after, type Clock } from "./clock.ts";
import { prepared, quote } from "./database.ts";
import { differing, note } from "./history.ts";
import { own } from "./own.ts";
import { Refusal } from "./refusal.ts";
import { completeNew, type RowInput, readRow } from "./row-input.ts";
import { type AppData, needRow, type Row, tableOf } from "./rows.ts";
import { keepingRules, RulesBroken } from "./rules.ts";
import { type Column, entered } from "./schema.ts";
import { initialText, readValue, type Value } from "./value.ts";

/** What became of a change: the row, what was wrong with the values, or the row as somebody else changed it meanwhile. */
export type Outcome = { row: Row } | { problems: Record<string, string> } | { changed: Row };

type Sent = Readonly<Record<string, unknown>>;

/** Adds a row. Columns that are not sent begin with their initial value. */
export const addRow = (data: AppData & { clock: Clock }, name: string, sent: Sent): Outcome =>
  data.db
    .transaction((): Outcome => {
      const { values, problems } = readNew(data, name, sent);
      if (Object.keys(problems).length > 0) return { problems };
      return kept(() => ({ row: noteAdded(data, name, insert(data, name, values)) }));
    })
    .immediate();

const noteAdded = (data: AppData & { clock: Clock }, name: string, id: string): Row => {
  const row = needRow(data, name, id);
  note(data, "added", { table: name, ...row });
  return row;
};

/** What a rule stands against is told like what a column refuses. */
const kept = (change: () => Outcome): Outcome => {
  try {
    return change();
  } catch (error) {
    if (error instanceof RulesBroken) return { problems: { "": error.message } };
    throw error;
  }
};

/**
 * Adds rows, all or none, in the order in which they come. With `key`, a column or `id`, a row that is there with the same value in it is changed
 * instead. Throws Refusal("bad-input") that says of each wrong row, counted from 1, what is wrong with it.
 */
export const putRows = (
  data: AppData & { clock: Clock },
  name: string,
  rows: readonly Sent[],
  key: string | null,
): { rows: Row[]; added: number } =>
  data.db
    .transaction(() => {
      const wrong: string[] = [];
      let added = 0;
      const ids = rows.map((sent, at) => {
        const there = key === null ? [] : rowsWith(data, name, key, sent);
        const [id = null] = there;
        const { values, problems } = id === null ? readNew(data, name, sent) : readRow(data, name, sent, id);
        const sentences = Object.values(problems);
        if (there.length > 1) sentences.push(`Several rows have this “${key}” already.`);
        if (sentences.length > 0) {
          wrong.push(`Row ${at + 1}: ${sentences.join(" ")}`);
          return "";
        }
        try {
          if (id !== null) return update(data, name, needRow(data, name, id), values);
          added += 1;
          return noteAdded(data, name, insert(data, name, values, newIdIn(sent, key))).id;
        } catch (error) {
          if (!(error instanceof RulesBroken)) throw error;
          wrong.push(`Row ${at + 1}: ${error.message}`);
          return "";
        }
      });
      if (wrong.length > 0)
        throw new Refusal("bad-input", `Nothing was changed. ${wrong.slice(0, mostTold).join(" ")}`);
      return { rows: ids.map((id) => needRow(data, name, id)), added };
    })
    .immediate();

const mostTold = 20;

/** The ids of those with the same value in a column; at most two. Who sends none means a new row. */
export const rowsWith = (data: AppData, name: string, key: string, sent: Sent): string[] => {
  const table = tableOf(data.schema, name);
  const column = key === "id" ? anId : own(table.columns, key);
  if (column === undefined) throw new Refusal("bad-input", `“${table.title}” has no column “${key}”.`, "key");
  const read = readValue(column, sent[key]);
  if ("problem" in read || read.value === null) return [];
  const found = prepared(data.db, `SELECT "id" FROM ${quote(name)} WHERE ${quote(key)} = ? LIMIT 2`);
  return z.array(z.string()).parse(found.pluck().all(read.value));
};

const anId: Column = { type: "text", label: "Id", required: false, unique: true };

/** A row that is put under an id of its sender's keeps it. */
const newIdIn = (sent: Sent, key: string | null): string | undefined => {
  if (key !== "id" || sent.id === undefined || sent.id === null) return undefined;
  if (z.uuid().safeParse(sent.id).success) return String(sent.id);
  throw new Refusal("bad-input", `“${String(sent.id)}” is no id.`, "id");
};

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
      return kept(() => ({ row: needRow(data, name, update(data, name, row, values)) }));
    })
    .immediate();

/** Changes values that were checked, and gives back the row's id. Throws RulesBroken. */
export const update = (
  data: AppData & { clock: Clock },
  name: string,
  row: Row,
  values: Readonly<Record<string, Value>>,
): string => {
  const columns = entered(tableOf(data.schema, name)).map(([id]) => id);
  const set = [...Object.keys(values), "updated_at"].map((one) => `${quote(one)} = ?`).join(", ");
  keepingRules(data, name, row.id, () => {
    prepared(data.db, `UPDATE ${quote(name)} SET ${set} WHERE "id" = ?`).run(
      ...Object.values(values),
      after(row.updated_at, data.clock.now()),
      row.id,
    );
    return row.id;
  });
  // What a rule set with it is part of the change.
  const now = Object.entries(needRow(data, name, row.id).values).filter(([id]) => columns.includes(id));
  note(data, "changed", { table: name, ...row }, differing(row.values, Object.fromEntries(now)));
  return row.id;
};

/**
 * Deletes a row, with `updatedAt` only when it is still the one that was read then. Throws Refusal("not-found"), Refusal("changed-meanwhile"), or
 * Refusal("conflict") that says which rows refer to it.
 */
export const deleteRow = (
  data: AppData & { clock: Clock },
  name: string,
  id: string,
  updatedAt: string | null = null,
): Row =>
  data.db
    .transaction(() => {
      const row = needRow(data, name, id);
      if (updatedAt !== null && updatedAt !== row.updated_at) throw changedMeanwhile(row);
      const standing = referrers(data, name, id);
      if (standing.length > 0)
        throw new Refusal(
          "conflict",
          `“${row.name}” cannot be deleted: ${standing.map(({ words }) => words).join(" and ")} ${standing.reduce((sum, { count }) => sum + count, 0) === 1 ? "refers" : "refer"} to it. Delete or change them first.`,
        );
      try {
        keepingRules(data, name, id, () => {
          data.db.prepare(`DELETE FROM ${quote(name)} WHERE "id" = ?`).run(id);
          return null;
        });
        const before = { ...row.values, created_at: row.created_at };
        note(data, "deleted", { table: name, ...row }, { before });
      } catch (error) {
        if (error instanceof RulesBroken)
          throw new Refusal("conflict", `“${row.name}” cannot be deleted: ${error.message}`);
        throw error;
      }
      return row;
    })
    .immediate();

/** For whoever says which state a change is based on, where the row has another one by now. */
export const changedMeanwhile = ({ name }: Row): Refusal =>
  new Refusal(
    "changed-meanwhile",
    `“${name}” was changed since you read it. Read it again and repeat your change.`,
  );

/** Which rows refer to a row, counted by table: "2 sales". A row that refers to itself does not count. */
const referrers = ({ db, schema }: AppData, name: string, id: string): { count: number; words: string }[] =>
  Object.entries(schema.tables).flatMap(([from, { title, singular, columns }]) => {
    const pointing = Object.keys(columns).filter((column) => columns[column]?.to === name);
    if (pointing.length === 0) return [];
    const count = z.number().parse(
      db
        .prepare(
          `SELECT count(*) FROM ${quote(from)} WHERE (${pointing.map((column) => `${quote(column)} = ?`).join(" OR ")})${from === name ? ` AND "id" <> ?` : ""}`,
        )
        .pluck()
        .get(...pointing.map(() => id), ...(from === name ? [id] : [])),
    );
    return count === 0
      ? []
      : [{ count, words: `${count} ${(count === 1 ? singular : title).toLowerCase()}` }];
  });

/** Inserts values that were checked, and gives back the row's id. Every column must be among them; `id` must be free. Throws RulesBroken. */
export const insert = (
  data: AppData & { clock: Clock },
  name: string,
  values: Readonly<Record<string, Value>>,
  id = data.clock.newId(),
  createdAt?: string,
): string => {
  const at = new Date(data.clock.now()).toISOString();
  const columns = ["id", ...Object.keys(values), "created_at", "updated_at"];
  keepingRules(data, name, null, () => {
    prepared(
      data.db,
      `INSERT INTO ${quote(name)} (${columns.map(quote).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
    ).run(id, ...Object.values(values), createdAt ?? at, at);
    return id;
  });
  return id;
};
