import { z } from "zod";
import type { AppDatabase } from "./runtime/dialect.ts";
import { type AppSchema, appSchema } from "./runtime/schema.ts";

/** What an app's own file says about the app, so that tables and schema change in one commit. */
export interface AppRecord {
  schema: AppSchema;
  /** The run that made it. */
  madeBy: string;
  /** Milliseconds since 1970. */
  createdAt: number;
}

const record = z.object({ schema: appSchema, madeBy: z.string(), createdAt: z.number() });

// No table of an app can be called so: theirs begin with a letter.
const table = `"_app"`;

/** The record that a text holds. */
export const recordIn = (text: string): AppRecord => record.parse(JSON.parse(text));

/** Reads the record. Throws when the file is not that of an app. */
export const readRecord = (db: AppDatabase): AppRecord =>
  recordIn(z.string().parse(db.prepare(`SELECT json FROM ${table}`).pluck().get()));

/** Writes the record. The table is made anew, because its number tells other connections that something changed. */
export const writeRecord = (db: AppDatabase, value: AppRecord): void =>
  db.transaction(() => {
    db.exec(`DROP TABLE IF EXISTS ${table}; ${db.dialect.ownTableSql(table, { json: "text" }, [])}`);
    db.prepare(`INSERT INTO ${table} (json) VALUES (?)`).run(JSON.stringify(value));
  })();
