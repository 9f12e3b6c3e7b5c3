import Database from "better-sqlite3";
import { getTableConfig } from "drizzle-orm/sqlite-core";
import { nameOf } from "#store/tables.ts";
import { bringUpToDate, migrationsFolder, newestIn, tablesOf } from "./migrations.ts";
import { schema } from "./schema.ts";

/**
 * What a database lacks or holds that cannot be read, though SQLite finds its pages sound: tables, indexes and triggers that somebody took
 * away, and values that are no JSON where JSON is kept. A phrase each; nothing of one that another version of Milepost made.
 */
export const faultsInside = (file: string): string[] => {
  if (tablesOf(file) !== newestIn(migrationsFolder)) return [];
  const client = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const missing = missingIn(client);
    return missing.length > 0 ? missing : [...unreadableIn(client), ...unreferredIn(client)];
  } finally {
    client.close();
  }
};

/** Where one row that cannot be read keeps every list, form or start from being answered. */
const neededByAll: readonly string[] = ["runs", "steps", "exports", "connections", "settings"];

/** The same of the rows without which no page can be shown, and quick enough for each start. */
export const unreadableRows = (file: string): string[] => {
  if (tablesOf(file) !== newestIn(migrationsFolder)) return [];
  const client = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const there = namesIn(client);
    return unreadableIn(client, (table) => neededByAll.includes(table) && there.includes(`table ${table}`));
  } finally {
    client.close();
  }
};

const missingIn = (client: Database.Database): string[] => {
  const sample = new Database(":memory:");
  try {
    bringUpToDate(sample, migrationsFolder);
    const there = new Set(namesIn(client));
    return namesIn(sample)
      .filter((name) => !there.has(name))
      .map((name) => `its ${name} is missing`);
  } finally {
    sample.close();
  }
};

/** "table runs", "index runs_by_state". */
const namesIn = (client: Database.Database): string[] =>
  client
    .prepare("SELECT type || ' ' || name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY rowid")
    .pluck()
    .all()
    .map(String);

/** Rows that refer to others which are not there. */
const unreferredIn = (client: Database.Database): string[] => {
  const found = client
    .prepare(
      `SELECT count(*) || CASE count(*) WHEN 1 THEN ' row' ELSE ' rows' END || ' of its table ' || "table" ||
        ' that belong to rows of ' || parent || ' which are not there' FROM pragma_foreign_key_check GROUP BY "table", parent`,
    )
    .pluck()
    .all();
  return found.map(String);
};

const unreadableIn = (client: Database.Database, of: (table: string) => boolean = () => true): string[] =>
  Object.values(schema)
    .map(getTableConfig)
    .filter(({ name }) => of(name))
    .flatMap(({ name: table, columns }) =>
      columns
        .filter(({ columnType }) => columnType === "SQLiteCustomColumn")
        .map(nameOf)
        .flatMap((column) => {
          const rows = Number(
            client.prepare(`SELECT count(*) FROM "${table}" WHERE NOT json_valid("${column}")`).pluck().get(),
          );
          if (rows === 0) return [];
          return [
            `${rows === 1 ? "one row" : `${rows} rows`} of its table ${table} cannot be read (${column})`,
          ];
        }),
    );
