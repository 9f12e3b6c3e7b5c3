import { constants, existsSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ontoDisk } from "#apps/onto-disk.ts";
import { AppError } from "#core/errors.ts";
import type { DataFolder } from "#main/data-folder.ts";
import { faultsInside } from "#store/sqlite/contents.ts";
import { type LostCommits, lostCommits } from "#store/sqlite/lost-commits.ts";
import { type Mended, mendLog } from "#store/sqlite/mend-log.ts";
import { madeBy } from "#store/sqlite/migrations.ts";
import { damageOf } from "#store/sqlite/soundness.ts";
import { savedBefore } from "./before-upgrade.ts";

const ends = ["", "-wal", "-shm"];

/**
 * Makes a database usable of which the newest commits cannot be read, with as much of them as can be; gives how many there were at most, what became
 * of them, and the copy of the files as they were. Null: nothing was lost. Nobody may use the data meanwhile. Throws AppError("conflict") where what
 * comes out is not sound; everything is as before then.
 */
export const goOn = async (
  at: DataFolder,
  now: number,
): Promise<(Pick<LostCommits, "most"> & { mended: Mended; aside: string }) | null> => {
  const database = realpathSync(at.database);
  const lost = lostCommits(database);
  if (lost === null) return null;
  const aside = join(at.before, `damaged-${savedBefore(at, now).slice(at.before.length + 1)}`);
  mkdirSync(at.before, { recursive: true, mode: 0o700 });
  await copyAll(database, aside);
  const mended = mendLog(database);
  ontoDisk(dirname(database));
  const fault = faultOf(database);
  if (fault === undefined) return { most: lost.most, mended, aside };
  for (const end of ends) rmSync(database + end, { force: true });
  await copyAll(aside, database);
  for (const end of ends) rmSync(aside + end, { force: true });
  throw new AppError(
    "conflict",
    `What is left of ${at.database} without its newest changes is no sound database (${fault}). Everything is as it was before. Move the data folder away and restore the newest backup: milepost restore FILE.`,
  );
};

const faultOf = (database: string): string | undefined =>
  damageOf(database, "wholly")[0] ??
  (madeBy(database) === "milepost" ? faultsInside(database)[0] : "its tables were among them");

/** All of them, or none. */
const copyAll = async (from: string, to: string): Promise<void> => {
  try {
    for (const end of ends) {
      if (!existsSync(from + end)) continue;
      await copyFile(from + end, to + end, constants.COPYFILE_FICLONE);
      ontoDisk(to + end);
    }
  } catch (error) {
    for (const end of ends) rmSync(to + end, { force: true });
    throw error;
  }
};
