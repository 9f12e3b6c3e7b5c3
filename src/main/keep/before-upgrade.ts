import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { ontoDisk } from "#apps/onto-disk.ts";
import { AppError } from "#core/errors.ts";
import type { DataFolder } from "#main/data-folder.ts";
import { migrationsFolder, newestIn, tablesOf } from "#store/sqlite/migrations.ts";

/** Further ones are removed, the oldest first. */
const kept = 3;

/** A file for the database as it is before this start changes its tables: "before/2026-11-29T08-15-00.sqlite". */
export const savedBefore = ({ before }: DataFolder, now: number): string =>
  join(before, `${new Date(now).toISOString().slice(0, 19).replaceAll(":", "-")}.sqlite`);

/** What was saved before upgrades, the newest first. */
const copiesIn = ({ before }: DataFolder): string[] =>
  existsSync(before)
    ? readdirSync(before)
        .filter((name) => /^\d{4}-.*\.sqlite$/.test(name))
        .toSorted()
        .toReversed()
        .map((name) => join(before, name))
    : [];

export const removeOldCopies = (at: DataFolder): void => {
  for (const copy of copiesIn(at).slice(kept)) rmSync(copy);
};

/**
 * Puts back the newest saved database that this Milepost can use; the one that was there is set aside. Gives both. Nobody may use the data
 * meanwhile. Cut off in between, there is no database, no server begins, and it can be done again. Throws AppError("not-found").
 */
export const goBack = async (at: DataFolder, now: number): Promise<{ from: string; aside: string }> => {
  const newest = newestIn(migrationsFolder);
  const from = copiesIn(at).find((copy) => tablesOf(copy) <= newest);
  if (from === undefined)
    throw new AppError(
      "not-found",
      `Nothing that this Milepost can use was saved in ${at.before}. Restore a backup into an empty folder: milepost restore FILE.`,
    );
  const part = `${at.database}.part`;
  await copyFile(from, part);
  ontoDisk(part);
  const aside = join(at.before, `aside-${savedBefore(at, now).slice(at.before.length + 1)}`);
  mkdirSync(at.before, { recursive: true, mode: 0o700 });
  // What was written last lies in the other two: none of them may be left beside another database, nor a database without them.
  for (const end of ["", "-wal", "-shm"])
    if (existsSync(at.database + end)) renameSync(at.database + end, aside + end);
  renameSync(part, at.database);
  ontoDisk(at.folder);
  return { from, aside };
};
