import Database from "better-sqlite3";
import { AppError } from "#core/errors.ts";

/** An error of SQLite in words where a person can do something about it; all others as they are. */
export const plainError = (error: unknown): unknown =>
  error instanceof Database.SqliteError && error.code === "SQLITE_FULL"
    ? new AppError(
        "disk-full",
        "The disk is full, so nothing can be saved. Free some space; nothing that was saved before is lost.",
        { cause: error },
      )
    : error;
