import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { getTableName } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { AppError } from "#core/errors.ts";
import { beforeTheFirst, hashOfEntry } from "#store/audit.ts";
import { copyInto } from "./copy-into.ts";
import { schema } from "./schema.ts";
import { withoutTaskView, withTaskView } from "./task-view.ts";

/** Made by `npm run db:generate`. */
export const migrationsFolder = fileURLToPath(new URL("../../../drizzle/sqlite", import.meta.url));

/**
 * Runs the migrations that this database has not had, all of them or none; before that it is saved as it was in the file `before`, if that is
 * given and it holds anything. Throws AppError("conflict") when a newer Milepost has changed it already: an older one would not know what it
 * writes into; and when a table is missing that it was given.
 */
export const bringUpToDate = (client: Database.Database, folder: string, before?: string): void => {
  const [had, newest] = [lastRun(client), newestIn(folder)];
  if (had > newest) {
    throw new AppError(
      "conflict",
      `${client.name} was last used by a newer Milepost. Start that one again, put back what was saved when it took over with milepost go-back, or give this one its own folder with MILEPOST_DATA.`,
    );
  }
  if (before !== undefined && had > 0 && had < newest) copyInto(client, before);
  // A table that is made anew is dropped first, and dropping it with foreign keys on would empty those that refer to it.
  client.pragma("foreign_keys = OFF");
  if (had < newest) withoutTaskView(client);
  // Entries of the audit from before they were tied together are tied together by the migration that brought this.
  client.function("audit_hash", { deterministic: true }, auditHash);
  migrate(drizzle(client), { migrationsFolder: folder });
  if (folder === migrationsFolder) assertTables(client);
  withTaskView(client);
  client.pragma("foreign_keys = ON");
  const broken = client.pragma("foreign_key_check");
  if (!Array.isArray(broken) || broken.length > 0)
    throw new Error(
      `A migration left rows of ${client.name} that refer to nothing: ${JSON.stringify(broken)}`,
    );
};

const assertTables = (client: Database.Database): void => {
  const there = client.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  const lacking = Object.values(schema)
    .map(getTableName)
    .find((name) => !there.includes(name));
  if (lacking === undefined) return;
  throw new AppError(
    "conflict",
    `${client.name} is damaged: its table ${lacking} is missing. Move the data folder away and restore the newest backup with milepost restore FILE; milepost check tells more of the damage.`,
  );
};

const auditHash = (
  seq: unknown,
  at: unknown,
  name: unknown,
  did: unknown,
  target: unknown,
  before: unknown,
) => {
  const by = { kind: "unknown", id: null, name: String(name) } as const;
  const deed = { at: Number(at), by, did: String(did), target: String(target) };
  return hashOfEntry(Number(seq), deed, before === null ? beforeTheFirst : String(before));
};

/** Throws AppError("conflict") unless this database has had exactly our migrations: what only looks in beside a server changes no tables. */
export const assertUpToDate = (client: Database.Database, folder: string): void => {
  if (lastRun(client) === newestIn(folder)) return;
  throw new AppError(
    "conflict",
    `${client.name} is used by another version of Milepost than this one. Use the milepost of the server that runs on it.`,
  );
};

/** When the newest migration of a folder was generated, in milliseconds since 1970. */
export const newestIn = (folder: string): number =>
  readMigrationFiles({ migrationsFolder: folder }).at(-1)?.folderMillis ?? 0;

/** When the newest migration that a database has had was generated, in milliseconds since 1970. */
export const tablesOf = (file: string): number => {
  const client = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return lastRun(client);
  } finally {
    client.close();
  }
};

/** Whose tables a database file holds; "nobody": it has none, and is as good as none. */
export const madeBy = (file: string): "nobody" | "milepost" | "another" => {
  const client = new Database(file, { readonly: true, fileMustExist: true });
  try {
    if (client.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined) return "nobody";
    const [first] = readMigrationFiles({ migrationsFolder });
    const hadFirst = "SELECT 1 FROM __drizzle_migrations WHERE created_at = ?";
    return lastRun(client) > 0 && client.prepare(hadFirst).get(first?.folderMillis) !== undefined
      ? "milepost"
      : "another";
  } finally {
    client.close();
  }
};

/** When the newest migration that was run here was generated, in milliseconds since 1970; 0 when none was. */
const lastRun = (client: Database.Database): number => {
  const known = client.prepare("SELECT 1 FROM sqlite_schema WHERE name = '__drizzle_migrations'").get();
  if (known === undefined) return 0;
  return Number(client.prepare("SELECT max(created_at) FROM __drizzle_migrations").pluck().get() ?? 0);
};
