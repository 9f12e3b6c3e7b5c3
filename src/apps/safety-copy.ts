import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "#core/errors.ts";
import { ontoDisk } from "./onto-disk.ts";
import type { AppDatabase } from "./runtime/dialect.ts";

const label = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/);

const copyIn = (folder: string, name: string): string =>
  join(folder, "copies", `${label.parse(name)}.sqlite`);

/** Keeps a copy of a database as it is at this moment; nothing when there is one with this label already. */
export const takeCopy = (db: AppDatabase, folder: string, name: string): void => {
  const copy = copyIn(folder, name);
  if (existsSync(copy)) return;
  mkdirSync(join(folder, "copies"), { recursive: true, mode: 0o700 });
  rmSync(`${copy}.part`, { force: true });
  db.prepare("VACUUM INTO ?").run(`${copy}.part`);
  // SQLite does not wait for the disk here, and what comes next may destroy the original.
  ontoDisk(`${copy}.part`);
  renameSync(`${copy}.part`, copy);
  ontoDisk(join(folder, "copies"));
};

/** The file of a copy. Throws AppError("not-found"). */
export const copyAt = (folder: string, name: string): string => {
  const copy = copyIn(folder, name);
  if (existsSync(copy)) return copy;
  throw new AppError("not-found", "The copy of this app's data is gone, so nothing was put back.");
};
