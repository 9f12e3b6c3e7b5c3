import { z } from "zod";
import { valueSql } from "./computed.ts";
import { prepared, quote } from "./database.ts";
import type { AppDatabase } from "./dialect.ts";
import { everything, type ListQuery } from "./list-query.ts";
import { own } from "./own.ts";
import { Refusal } from "./refusal.ts";
import { type AppSchema, entered, type Table } from "./schema.ts";
import { columnsSql, nameSql, orderSql, whereSql } from "./select.ts";
import type { Value } from "./value.ts";

/** An app's data and what they mean. */
export interface AppData {
  db: AppDatabase;
  schema: AppSchema;
}

export interface Row {
  id: string;
  /** ISO 8601, UTC. */
  created_at: string;
  /** ISO 8601, UTC; never the same for two states of a row. */
  updated_at: string;
  /** What names it to people. */
  name: string;
  /** By column. */
  values: Record<string, Value>;
  /** By reference column: the name of the row that it points to. */
  names: Record<string, string>;
}

/** A row of a picker. */
export interface Choice {
  id: string;
  name: string;
}

/** The table with this name. Throws Refusal("not-found"). */
export const tableOf = (schema: AppSchema, name: string): Table => {
  const table = own(schema.tables, name);
  if (table === undefined) throw new Refusal("not-found", `“${schema.title}” has no table “${name}”.`);
  return table;
};

/** The rows that a list asks for. */
export const listRows = ({ db, schema }: AppData, name: string, query: ListQuery): Row[] => {
  const table = tableOf(schema, name);
  const where = whereSql(schema, table, query);
  return db
    .prepare(
      `SELECT ${columnsSql(schema, table)} FROM ${quote(name)} t ${where.text} ${orderSql(schema, table, query)} LIMIT ? OFFSET ?`,
    )
    .all(...where.values, query.limit, query.offset)
    .map((record) => toRow(table, record));
};

/** How many rows a list has on all its pages together. */
export const countRows = (
  { db, schema }: AppData,
  name: string,
  query: Pick<ListQuery, "q" | "filters"> = everything(),
): number => {
  const where = whereSql(schema, tableOf(schema, name), query);
  return z.number().parse(
    db
      .prepare(`SELECT count(*) FROM ${quote(name)} t ${where.text}`)
      .pluck()
      .get(...where.values),
  );
};

/** Above it adding up what is computed would take longer than anybody waits. */
export const mostAddedUp = 10_000;

/** What the numbers of a table's `totals` add up to, in all rows that a list asks for. */
export const totalsOf = (
  { db, schema }: AppData,
  name: string,
  query: Pick<ListQuery, "q" | "filters">,
): Record<string, Value> => {
  const table = tableOf(schema, name);
  const { totals = [] } = table;
  if (totals.length === 0) return {};
  const where = whereSql(schema, table, query);
  const sums = totals.map((id) => `sum(${valueSql(schema, table, id, "t")}) AS ${quote(id)}`).join(", ");
  return record.parse(db.prepare(`SELECT ${sums} FROM ${quote(name)} t ${where.text}`).get(...where.values));
};

/** All rows that a list asks for, in the order in which they were made, a few at a time: others may write in between. */
export function* eachRow(
  { db, schema }: AppData,
  name: string,
  query: Pick<ListQuery, "q" | "filters">,
): Generator<Row[]> {
  const table = tableOf(schema, name);
  const where = whereSql(schema, table, query);
  const part = db.prepare(
    `SELECT ${columnsSql(schema, table)} FROM ${quote(name)} t ${where.text === "" ? "WHERE" : `${where.text} AND`} t.rowid > ? ORDER BY t.rowid LIMIT 500`,
  );
  for (let after = 0; ; ) {
    const records = part.all(...where.values, after);
    if (records.length === 0) return;
    yield records.map((record) => toRow(table, record));
    after = z.object({ "row.number": z.number() }).parse(records.at(-1))["row.number"];
  }
}

/** Null when there is none. */
export const findRow = ({ db, schema }: AppData, name: string, id: string): Row | null => {
  const table = tableOf(schema, name);
  const record = db
    .prepare(`SELECT ${columnsSql(schema, table)} FROM ${quote(name)} t WHERE t."id" = ?`)
    .get(id);
  return record === undefined ? null : toRow(table, record);
};

/** Throws Refusal("not-found"). */
export const needRow = (data: AppData, name: string, id: string): Row => {
  const row = findRow(data, name, id);
  if (row !== null) return row;
  throw new Refusal(
    "not-found",
    `This ${tableOf(data.schema, name).singular.toLowerCase()} is not there. It may have been deleted.`,
  );
};

/** The rows that a reference may point to and whose name contains the words, by name, at most `limit`. */
export const choices = ({ db, schema }: AppData, name: string, words: string, limit: number): Choice[] => {
  const table = tableOf(schema, name);
  const of = nameSql(schema, table, "t");
  return db
    .prepare(
      `SELECT t."id" AS id, ${of} AS name FROM ${quote(name)} t WHERE instr(folded(coalesce(CAST(${of} AS TEXT), '')), folded(?)) > 0 ORDER BY folded(${of}), t.rowid LIMIT ?`,
    )
    .all(words, limit)
    .map((record) => choice.parse(record))
    .map(({ id, name }) => ({ id, name: spoken(name, id) }));
};

/** The rows of a table that words may mean. */
export type FindNamed = (table: string, words: string) => string[];

/** The rows with exactly this id, this value of a unique column, or else this name: what a person means who types it. */
export const namedRows = ({ db, schema }: AppData, name: string, words: string): string[] => {
  const table = tableOf(schema, name);
  const keys = entered(table).flatMap(([id, { unique }]) => (unique ? [id] : []));
  const found = (condition: string, count: number) =>
    z.array(z.string()).parse(
      prepared(db, `SELECT t."id" FROM ${quote(name)} t WHERE ${condition} LIMIT 2`)
        .pluck()
        .all(Array<string>(count).fill(words)),
    );
  const byKey = found(["id", ...keys].map((key) => `t.${quote(key)} = ?`).join(" OR "), keys.length + 1);
  return byKey.length > 0
    ? byKey
    : found(`folded(CAST(${nameSql(schema, table, "t")} AS TEXT)) = folded(?)`, 1);
};

const value = z.union([z.string(), z.number(), z.null()]);
const choice = z.object({ id: z.string(), name: value });
const record = z.record(z.string(), value);
const always = z.object({ id: z.string(), created_at: z.string(), updated_at: z.string() });

const longestName = 80;

// A name may be the beginning of a long text: then it ends in “…”.
const spoken = (name: Value | undefined, id: string): string => {
  if (name === null || name === undefined || name === "") return `No name (${id.slice(0, 8)})`;
  const words = String(name).replaceAll(/\s+/g, " ");
  return words.length <= longestName ? words : `${words.slice(0, longestName - 1)}…`;
};

const toRow = (table: Table, found: unknown): Row => {
  const all = record.parse(found);
  const row = always.parse(found);
  const columns = Object.entries(table.columns);
  return {
    ...row,
    name: spoken(all["row.name"], row.id),
    values: Object.fromEntries(columns.map(([id]) => [id, all[id] ?? null])),
    names: Object.fromEntries(
      columns.flatMap(([id, { to }]) => {
        const points = all[id];
        return to === undefined || typeof points !== "string"
          ? []
          : [[id, spoken(all[`${id}.name`], points)]];
      }),
    ),
  };
};
