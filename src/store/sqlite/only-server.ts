import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { AppError } from "#core/errors.ts";
import { plainError } from "./plain-error.ts";
import { makePrivateFile } from "./private-file.ts";

/**
 * Makes sure that one server uses this data: holds an exclusive transaction on a small database beside it. The operating system
 * drops the hold with the process, however it ends. Throws AppError("conflict") when another server has it, AppError("disk-full").
 */
export const holdAlone = (file: string): { release(): void } => {
  const lock = `${file}.lock`;
  makePrivateFile(lock);
  const client = new Database(lock, { timeout: 500 });
  try {
    client.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    client.close();
    if (error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY")) {
      throw new AppError(
        "conflict",
        `Another Milepost server is using ${file}. Stop it first, or give this one its own folder with MILEPOST_DATA.`,
        { cause: error },
      );
    }
    if (error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code))
      throw new AppError(
        "bad-input",
        `${lock} is damaged. Nothing is kept in it: delete it and start again.`,
        {
          cause: error,
        },
      );
    throw plainError(error);
  }
  return { release: () => client.close() };
};

/** Whether a server is using this data now. */
export const isInUse = (file: string): boolean => {
  if (!existsSync(`${file}.lock`)) return false;
  try {
    holdAlone(file).release();
    return false;
  } catch (error) {
    if (error instanceof AppError && error.code === "conflict") return true;
    throw error;
  }
};
