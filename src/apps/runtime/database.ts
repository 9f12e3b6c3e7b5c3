import Database from "better-sqlite3";
import { type AppSchema, type Column, type ColumnType, entered, identifier, type Table } from "./schema.ts";
import { fittedValue } from "./value.ts";

export type AppDatabase = Database.Database;

/**
 * Opens an app's own SQLite file (or ":memory:"): write-ahead log, every commit on the disk, foreign keys on, and the function
 * `folded`, by which searches ignore case and accents in all alphabets, and `fitted(type, digits, value)`, which gives a value as another type holds it.
 * Whoever writes does it `patiently`: SQLite does not wait.
 */
export const openDatabase = (file: string): AppDatabase => {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.pragma("foreign_keys = ON");
  db.pragma("busy_timeout = 0");
  db.function("folded", { deterministic: true }, (value) =>
    typeof value === "string" ? folded(value) : value,
  );
  db.function("fitted", { deterministic: true }, (type, digits, value) =>
    fittedValue(String(type), Number(digits), value),
  );
  return db;
};

const statements = new WeakMap<AppDatabase, Map<string, Database.Statement>>();

/** A statement that is prepared once for a database, for what is asked for every row of a file. */
export const prepared = (db: AppDatabase, sql: string): Database.Statement => {
  const known = statements.get(db) ?? new Map<string, Database.Statement>();
  statements.set(db, known);
  const statement = known.get(sql) ?? db.prepare(sql);
  known.set(sql, statement);
  return statement;
};

/** Text as searches compare it: without case, and without accents. */
export const folded = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/\p{Diacritic}/gu, "")
    .toLowerCase();

/** A table or column name as SQL. Throws on anything that is no identifier of ours: nothing else ever reaches SQL as a name. */
export const quote = (name: string): string => `"${identifier.parse(name)}"`;

const sqlTypes = {
  text: "TEXT",
  longtext: "TEXT",
  email: "TEXT",
  phone: "TEXT",
  url: "TEXT",
  integer: "INTEGER",
  decimal: "REAL",
  money: "REAL",
  percent: "REAL",
  boolean: "INTEGER",
  date: "TEXT",
  timestamp: "TEXT",
  reference: "TEXT",
} as const satisfies Record<ColumnType, string>;

/** One column as it stands in CREATE TABLE; in ALTER TABLE … ADD COLUMN SQLite takes it only when it is not required. */
export const columnSql = (name: string, { type, required, to }: Column): string =>
  [
    quote(name),
    sqlTypes[type],
    required ? "NOT NULL" : "",
    // A row that others refer to cannot be deleted. RESTRICT would also hold back a row that only refers to itself.
    to === undefined ? "" : `REFERENCES ${quote(to)} ("id") ON DELETE NO ACTION`,
  ]
    .filter((part) => part !== "")
    .join(" ");

/** The statement that makes one table. */
export const tableSql = (name: string, table: Table): string =>
  `CREATE TABLE IF NOT EXISTS ${quote(name)} (\n  ${[
    `"id" TEXT PRIMARY KEY NOT NULL`,
    ...entered(table).map(([id, column]) => columnSql(id, column)),
    `"created_at" TEXT NOT NULL`,
    `"updated_at" TEXT NOT NULL`,
  ].join(",\n  ")}\n) STRICT`;

/** The statements that keep a table's unique columns unique. */
export const uniqueSql = (name: string, table: Table): string[] =>
  Object.keys(table.columns)
    .filter((id) => table.columns[id]?.unique)
    .map((id) => `CREATE UNIQUE INDEX IF NOT EXISTS ${index(name, id)} ON ${quote(name)} (${quote(id)})`);

/** The statements that make references, filters, the board and the order of a list quick. */
export const indexSql = (name: string, table: Table): string[] =>
  [
    ...entered(table)
      .filter(
        ([id, { unique, type }]) =>
          !unique && (type === "reference" || table.filters.includes(id) || table.board === id),
      )
      .map(([id]) => id),
    "created_at",
  ].map((id) => `CREATE INDEX IF NOT EXISTS ${index(name, id)} ON ${quote(name)} (${quote(id)})`);

/** The name of an index, quoted. The full stop keeps pairs such as (a_b, c) and (a, b_c) apart. */
export const index = (table: string, column: string): string =>
  `"${identifier.parse(table)}.${identifier.parse(column)}"`;

/** Makes all tables of a checked schema that are not there yet, in one commit. */
export const createTables = (db: AppDatabase, schema: AppSchema): void =>
  db.transaction(() => {
    for (const [name, table] of Object.entries(schema.tables))
      for (const statement of [tableSql(name, table), ...uniqueSql(name, table)]) db.exec(statement);
  })();

/** Makes the indexes that lists need, of a checked schema as far as they are not there yet, in one commit. */
export const createIndexes = (db: AppDatabase, schema: AppSchema): void =>
  db.transaction(() => {
    for (const [name, table] of Object.entries(schema.tables))
      for (const statement of indexSql(name, table)) db.exec(statement);
  })();
