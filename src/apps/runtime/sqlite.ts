import Database from "better-sqlite3";
import { folded, quote } from "./database.ts";
import type { AppDatabase, Dialect, OwnType } from "./dialect.ts";
import { kinds } from "./kinds.ts";
import { type Column, entered, type Table } from "./schema.ts";
import { fittedValue } from "./value.ts";

/** An app's own SQLite file. */
export type SqliteApp = Database.Database & AppDatabase;

/**
 * Opens an app's own SQLite file (or ":memory:"): write-ahead log, every commit on the disk, foreign keys on, and the function
 * `folded`, by which searches ignore case and accents in all alphabets, and `fitted(type, digits, value)`, which gives a value as another type holds it.
 * Whoever writes does it `patiently`: SQLite does not wait, unless it is told for how long.
 */
export const openDatabase = (file: string, waitMs = 0): SqliteApp => {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.pragma("foreign_keys = ON");
  db.pragma(`busy_timeout = ${waitMs}`);
  db.function("folded", { deterministic: true }, (value) =>
    typeof value === "string" ? folded(value) : value,
  );
  db.function("fitted", { deterministic: true }, (type, digits, value) =>
    fittedValue(String(type), Number(digits), value),
  );
  return Object.assign(db, { dialect: sqlite });
};

const ownTypes = {
  text: "TEXT NOT NULL",
  "text?": "TEXT",
  number: "INTEGER NOT NULL",
  seq: "INTEGER PRIMARY KEY",
} as const satisfies Record<OwnType, string>;

/** One column as it stands in CREATE TABLE; in ALTER TABLE … ADD COLUMN SQLite takes it only when it is not required. */
export const columnSql = (name: string, { type, required, to }: Column): string =>
  [
    quote(name),
    kinds[type].sql,
    required ? "NOT NULL" : "",
    // A row that others refer to cannot be deleted. RESTRICT would also hold back a row that only refers to itself.
    to === undefined ? "" : `REFERENCES ${quote(to)} ("id") ON DELETE NO ACTION`,
  ]
    .filter((part) => part !== "")
    .join(" ");

const tableSql = (name: string, table: Table): string =>
  `CREATE TABLE IF NOT EXISTS ${quote(name)} (\n  ${[
    `"id" TEXT PRIMARY KEY NOT NULL`,
    ...entered(table).map(([id, column]) => columnSql(id, column)),
    `"created_at" TEXT NOT NULL`,
    `"updated_at" TEXT NOT NULL`,
  ].join(",\n  ")}\n) STRICT`;

export const sqlite: Dialect = {
  word: "sqlite",
  tableSql,
  referencesSql: () => [],
  columnSql,
  ownTableSql: (name, columns, key) =>
    `CREATE TABLE IF NOT EXISTS ${name} (${[
      ...Object.entries(columns).map(([id, type]) => `"${id}" ${ownTypes[type]}`),
      ...(key.length === 0 ? [] : [`PRIMARY KEY (${key.join(", ")})`]),
    ].join(", ")}) STRICT${key.length === 0 ? "" : ", WITHOUT ROWID"}`,
  isThere: (db, table) =>
    db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) !== undefined,
  columnsIn: (db, table) =>
    db.prepare("SELECT name FROM pragma_table_info(?)").pluck().all(table).map(String),
  wayTo: (db, sql, values) =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...values)
      .map((row) => String((row as { detail: unknown }).detail))
      .join("; "),
};
