import { basename, dirname } from "node:path";
import Database from "better-sqlite3";
import { AppError } from "#core/errors.ts";

/** What an app's database cannot be read with, in words; all other errors as they are. */
export const damagedApp = (file: string, error: unknown): unknown =>
  isDamage(error)
    ? new AppError(
        "conflict",
        `apps/${basename(dirname(file))}/app.sqlite in the data folder is damaged (${error.message}). Nothing was changed. Stop the server and put the file back from a backup, or remove the app's folder; milepost check tells more.`,
        { cause: error },
      )
    : error;

/** Whether something failed because a database is damaged. */
const isDamage = (error: unknown): error is Error =>
  error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
