import { createHash } from "node:crypto";
import { keptColumns } from "./bulk/kept-lines.ts";
import { kept } from "./carried.ts";
import { quote } from "./runtime/database.ts";
import type { AppDatabase, OwnType } from "./runtime/dialect.ts";
import { historyColumns } from "./runtime/history.ts";
import type { AppSchema } from "./runtime/schema.ts";

/** What a table holds, so that it can be compared across databases. */
export interface TableSum {
  table: string;
  rows: number;
  sha256: string;
}

/** A table as it is read from its beginning to its end: by columns that are different in every row. */
interface Read {
  /** As SQL says it. */
  name: string;
  columns: string[];
  by: string[];
}

const perRead = 500;
const perWrite = 50;

/** All tables of an app: those of its schema, and its own beside them. */
const tablesOf = ({ tables }: AppSchema): Read[] =>
  Object.entries(kept({ app: "x", title: "x", tables }).tables).map(([name, { columns }]) => ({
    name: quote(name),
    columns: ["rowid", "id", ...Object.keys(columns), "created_at", "updated_at"].map(named),
    by: ["rowid"],
  }));

const named = (column: string): string => (column === "rowid" ? column : `"${column}"`);

const ownTables: { name: string; columns: Readonly<Record<string, OwnType>>; by: string[] }[] = [
  { name: "_history", columns: historyColumns, by: ["seq"] },
  { name: "_import", columns: keptColumns, by: ["run", "line"] },
];

const readOf = ({ name, columns, by }: (typeof ownTables)[number]): Read => ({
  name: `"${name}"`,
  columns: Object.keys(columns).map(named),
  by,
});

/**
 * Copies all rows of an app's tables, each under its own number, with their history and what imports keep unless `isAll` is false, into tables that are there and empty, and
 * whose references are not looked at meanwhile. Part of the caller's transaction. Gives what was read back from there; throws when it is anything else.
 */
export const copyRows = (from: AppDatabase, to: AppDatabase, schema: AppSchema, isAll = true): TableSum[] => {
  const own = (isAll ? ownTables : []).filter(({ name }) => from.dialect.isThere(from, name));
  for (const { name, columns, by } of own)
    to.exec(to.dialect.ownTableSql(`"${name}"`, columns, by.length > 1 ? by : []));
  return [...tablesOf(schema), ...own.map(readOf)].map((read) => {
    copyTable(from, to, read);
    const [before, after] = [sumOf(from, read), sumOf(to, read)];
    if (before.rows !== after.rows || before.sha256 !== after.sha256)
      throw new Error(`${read.name} has ${after.rows} rows after ${before.rows} were copied, or others.`);
    return after;
  });
};

/** What the tables of an app hold. */
export const sumsOf = (db: AppDatabase, schema: AppSchema): TableSum[] =>
  tablesOf(schema).map((read) => sumOf(db, read));

const copyTable = (from: AppDatabase, to: AppDatabase, read: Read): void => {
  const row = `(${read.columns.map(() => "?").join(", ")})`;
  for (const part of partsOf(from, read))
    for (let at = 0; at < part.length; at += perWrite) {
      const some = part.slice(at, at + perWrite);
      to.prepare(
        `INSERT INTO ${read.name} (${read.columns.join(", ")}) VALUES ${some.map(() => row).join(", ")}`,
      ).run(...some.flat());
    }
  to.dialect.countOn?.(to, read.name, read.by[0] ?? "rowid");
};

const sumOf = (db: AppDatabase, read: Read): TableSum => {
  const hash = createHash("sha256");
  let rows = 0;
  for (const part of partsOf(db, read)) {
    for (const one of part) hash.update(`${JSON.stringify(one)}\n`);
    rows += part.length;
  }
  return { table: read.name.slice(1, -1), rows, sha256: hash.digest("hex") };
};

function* partsOf(db: AppDatabase, { name, columns, by }: Read): Generator<unknown[][]> {
  const places = by.map((column) => columns.indexOf(named(column)));
  const order = by.map(named).join(", ");
  const select = `SELECT ${columns.join(", ")} FROM ${name}`;
  const first = db.prepare(`${select} ORDER BY ${order} LIMIT ${perRead}`);
  const next = db.prepare(
    `${select} WHERE (${order}) > (${by.map(() => "?").join(", ")}) ORDER BY ${order} LIMIT ${perRead}`,
  );
  for (let after: unknown[] | null = null; ; ) {
    const found: unknown[] = after === null ? first.all() : next.all(...after);
    if (found.length === 0) return;
    const part: unknown[][] = found.map((row) => Object.values(row as Record<string, unknown>));
    yield part;
    after = places.map((place) => part.at(-1)?.[place]);
  }
}
