import { realpathSync, statSync } from "node:fs";
import { AppError } from "#core/errors.ts";
import { plural } from "#core/plural.ts";
import { lostCommits } from "#store/sqlite/lost-commits.ts";
import { isInUse } from "#store/sqlite/only-server.ts";

/** Why nothing can begin on a database whose newest commits cannot be read: an AppError("conflict") with path and what to do. Nobody may use it. */
export const lostLog = (database: string): AppError | undefined => {
  if ((statSync(database, { throwIfNoEntry: false })?.size ?? 0) === 0) return undefined;
  // SQLite has its log beside the file itself, wherever a link to that lies.
  const real = realpathSync(database);
  const lost = lostCommits(real);
  if (lost === null) return undefined;
  return new AppError(
    "conflict",
    `${real}-wal, which holds what was saved last, is missing or damaged from its byte ${lost.byte} on: up to ${plural(lost.most, "change")} would be lost without a word. Nothing was changed. Put a whole copy of it back if there is one. Otherwise milepost go-on keeps the files as they are, saves what can still be read, says what is lost, and lets Milepost start again; or restore a backup into an empty folder: milepost restore FILE.`,
  );
};

/** Before a database is opened that no server may be using: SQLite would pass over what it cannot read, for good. */
export const assertLogWhole = (database: string): void => {
  const lost = isInUse(database) ? undefined : lostLog(database);
  if (lost !== undefined) throw lost;
};
