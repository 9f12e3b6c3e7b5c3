import { existsSync, readdirSync, statSync } from "node:fs";
import { AppError } from "#core/errors.ts";
import type { DataFolder } from "#main/data-folder.ts";
import { madeBy } from "#store/sqlite/migrations.ts";

/** Why nothing can begin on a database, though SQLite finds it sound: an AppError("conflict") with path and what to do. */
export const unfitDatabase = (at: DataFolder): AppError | undefined => {
  const maker = hasContent(at.database) ? madeBy(at.database) : "nobody";
  if (maker === "another")
    return new AppError(
      "conflict",
      `${at.database} is no database of Milepost, or what says which version made it is gone. Nothing was changed. Move it away and put back what was there, or restore the newest backup into an empty folder: milepost restore FILE. If it is another program's, give Milepost a folder of its own with MILEPOST_DATA.`,
    );
  const others = [at.key, at.exports, at.apps].filter(hasContent);
  if (maker === "milepost" || others.length === 0) return undefined;
  return new AppError(
    "conflict",
    `${at.database} is ${existsSync(at.database) ? "empty" : "missing"}, though ${others.join(" and ")} ${others.length === 1 ? "is" : "are"} there. Put it back, with its -wal file if there is one, or restore a backup into an empty folder: milepost restore FILE. To begin anew, move away what is in ${at.folder}.`,
  );
};

const hasContent = (path: string): boolean => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  return found.isDirectory() ? readdirSync(path).length > 0 : found.size > 0;
};
