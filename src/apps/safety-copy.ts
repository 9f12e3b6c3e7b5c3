import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "#core/errors.ts";
import { readRecord, writeRecord } from "./app-record.ts";
import { copyRows } from "./copy-rows.ts";
import { ontoDisk } from "./onto-disk.ts";
import { createTables } from "./runtime/database.ts";
import type { AppDatabase } from "./runtime/dialect.ts";
import type { AppSchema } from "./runtime/schema.ts";
import { openDatabase } from "./runtime/sqlite.ts";
import { withoutForeignKeys } from "./without-foreign-keys.ts";

const label = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/);

const copyIn = (folder: string, name: string): string =>
  join(folder, "copies", `${label.parse(name)}.sqlite`);

/** A copy of an app's data from before a change, open. */
export interface SafetyCopy {
  label: string;
  db: AppDatabase;
  /** What the app was then. */
  schema: AppSchema;
}

/** Keeps a copy of a database as it is at this moment; nothing when there is one with this label already. */
export const takeCopy = (db: AppDatabase, folder: string, name: string): void =>
  // SQLite does not wait for the disk here, and what comes next may destroy the original.
  made(folder, name, (file) => db.prepare("VACUUM INTO ?").run(file));

/** Keeps a copy that was taken elsewhere; nothing when there is one with this label already. */
export const takeCopyOver = (folder: string, { label: name, db, schema }: SafetyCopy): void =>
  made(folder, name, (file) => {
    const copy = openDatabase(file);
    try {
      withoutForeignKeys(copy, () => {
        createTables(copy, schema);
        copyRows(db, copy, schema, false);
        writeRecord(copy, { schema, madeBy: "", createdAt: 0 });
      });
      // One file.
      copy.pragma("journal_mode = DELETE");
    } finally {
      copy.close();
    }
  });

const made = (folder: string, name: string, make: (file: string) => unknown): void => {
  const copy = copyIn(folder, name);
  if (existsSync(copy)) return;
  mkdirSync(join(folder, "copies"), { recursive: true, mode: 0o700 });
  rmSync(`${copy}.part`, { force: true });
  make(`${copy}.part`);
  ontoDisk(`${copy}.part`);
  renameSync(`${copy}.part`, copy);
  ontoDisk(join(folder, "copies"));
};

/** Each copy of a folder, open only while it is looked at. */
export function* copiesIn(folder: string): Generator<SafetyCopy> {
  const all = existsSync(join(folder, "copies")) ? readdirSync(join(folder, "copies")) : [];
  for (const file of all.filter((one) => one.endsWith(".sqlite"))) {
    const db = openDatabase(join(folder, "copies", file));
    try {
      yield { label: file.slice(0, -".sqlite".length), db, schema: readRecord(db).schema };
    } finally {
      db.close();
    }
  }
}

/** The file of a copy. Throws AppError("not-found"). */
export const copyAt = (folder: string, name: string): string => {
  const copy = copyIn(folder, name);
  if (existsSync(copy)) return copy;
  throw new AppError("not-found", "The copy of this app's data is gone, so nothing was put back.");
};
