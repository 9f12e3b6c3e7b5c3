import Database from "better-sqlite3";
import { AppError } from "#core/errors.ts";

/** How SQLite says that there is no room: for a row, or for the index of its log when it opens a database. */
const noRoom: ReadonlySet<string> = new Set(["SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"]);

/** An error of SQLite in words where a person can do something about it; all others as they are. */
export const plainError = (error: unknown): unknown => {
  if (!(error instanceof Database.SqliteError)) return error;
  if (noRoom.has(error.code))
    return new AppError(
      "disk-full",
      "The disk is full, so nothing can be saved. Free some space; nothing that was saved before is lost.",
      { cause: error },
    );
  if (error.code.startsWith("SQLITE_BUSY"))
    return new AppError(
      "store-busy",
      "Another program, such as a backup, holds Milepost's database, so nothing can be saved until it lets go.",
      { cause: error },
    );
  return error;
};

/**
 * Whether the disk refused to confirm a write. What it has is not known from then on, and a second try may succeed without it: nothing
 * that is recorded afterwards can be trusted.
 */
export const isFailedSync = (error: unknown): error is Error =>
  error instanceof Database.SqliteError &&
  (error.code === "SQLITE_IOERR_FSYNC" || error.code === "SQLITE_IOERR_DIR_FSYNC");
