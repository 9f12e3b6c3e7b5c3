import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type Database from "better-sqlite3";
import { makePrivateFile } from "./private-file.ts";

/** Saves an open database as a file of its own, for this user only, which is there whole or not at all. */
export const copyInto = (client: Database.Database, file: string): void => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const part = `${file}.part`;
  rmSync(part, { force: true });
  makePrivateFile(part);
  // By SQLite itself: to read the file beside it would drop the locks that hold others off.
  client.prepare("VACUUM INTO ?").run(part);
  ontoDisk(part);
  renameSync(part, file);
  ontoDisk(dirname(file));
};

const ontoDisk = (path: string): void => {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};
